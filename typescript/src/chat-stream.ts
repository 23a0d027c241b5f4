import { ChatAccumulator } from "./chat-accumulator.js";
import { errorIn, isObject, saidIn } from "./error-bodies.js";
import { StreamError } from "./errors.js";
import { OPERATIONS } from "./generated/operations.js";
import { ChatCompletion, ChatCompletionChunk } from "./generated/views.js";
import { decodeJson } from "./json.js";
import type { OpenStream } from "./open-stream.js";
import { isKeepAlive, Stream, StreamParser } from "./stream.js";

const DONE = OPERATIONS.create_chat_completion.done;

/** Makes chunks up to `[DONE]`, and accumulates the completion that they make. */
class ChatParser extends StreamParser<ChatCompletionChunk> {
  lastEvent: unknown = null;
  readonly accumulator = new ChatAccumulator();

  protected take(name: string, text: string): void {
    if (isKeepAlive(name, text)) return;
    if (text.trim() === DONE) {
      this.#finish("[DONE] came, but no finish_reason", this.accumulator.finished.some);
      return;
    }
    let raw: unknown;
    try {
      raw = decodeJson(text);
    } catch (error) {
      if (name === "error") throw this.#ended(text);
      throw this.unreadable(`A chunk is not JSON (${(error as Error).message}): ${shown(text)}.`, error);
    }
    const said = errorIn(raw, "");
    if (isObject(raw)) this.lastEvent = raw;
    if (name === "error" || said) throw this.#ended(said || saidIn(raw) || text);
    if (!isObject(raw)) throw this.unreadable(`A chunk is not a JSON object: ${shown(text)}.`);
    this.accumulator.add(raw);
    this.items.push(new ChatCompletionChunk(raw, this.response));
  }

  #ended(said: string): Error {
    return this.unreadable(`The server ended the stream: ${said.slice(0, 1000)}`);
  }

  /** Accept an end without `[DONE]` where each choice has a finish_reason. */
  end(): void {
    this.#finish("neither [DONE] nor a finish_reason came", this.accumulator.finished.all);
  }

  #finish(what: string, finished: boolean): void {
    if (!finished) {
      const said = saidIn(this.lastEvent);
      const reason = said ? `${what}. The last event says: ${said}` : what;
      throw this.unreadable(`The stream ended before the answer did: ${reason}.`);
    }
    this.done = true;
  }

  protected override unreadable(message: string, cause?: unknown): Error {
    const { response, lastEvent } = this;
    const options = { partial: this.accumulator.text, lastEvent, cause };
    return new StreamError(`${message} [${response.place}]`, response, options);
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

/** A completion in chunks. Iterate it for the chunks, or `text` for the text alone; `completion()` returns the whole. */
export class ChatStream extends Stream<ChatCompletionChunk, ChatParser> {
  constructor(open: OpenStream) {
    super({ open, parser: new ChatParser(open.response, open.maxBytes) });
  }

  /** The text of the first choice, piece by piece. */
  get text(): AsyncIterable<string> {
    return textOf(this);
  }

  /** Read the rest and return the whole completion, with tool calls and usage. */
  async completion(): Promise<ChatCompletion> {
    const loop = this[Symbol.asyncIterator]();
    while (!(await loop.next()).done);
    const { parser } = this.opened as NonNullable<typeof this.opened>;
    return new ChatCompletion(parser.accumulator.completion(), parser.response);
  }
}

async function* textOf(stream: ChatStream): AsyncGenerator<string> {
  for await (const chunk of stream) {
    for (const { index, delta } of chunk.choices) if (delta.content && !index) yield delta.content;
  }
}
