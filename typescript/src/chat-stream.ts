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
  readonly #accumulator = new ChatAccumulator();

  protected take(name: string, text: string): void {
    if (isKeepAlive(name, text)) return;
    if (text.trim() === DONE) {
      this.#finish("[DONE] came, but no finish_reason", this.#accumulator.reasons.some(Boolean));
      return;
    }
    let raw: unknown;
    try {
      raw = decodeJson(text);
    } catch (error) {
      if (name === "error") throw this.#ended(text);
      throw this.error(`A chunk is not JSON (${(error as Error).message}): ${shown(text)}.`, error);
    }
    const said = errorIn(raw, "");
    if (isObject(raw)) this.lastEvent = raw;
    if (name === "error" || said) throw this.#ended(said || saidIn(raw) || text);
    if (!isObject(raw)) throw this.error(`A chunk is not a JSON object: ${shown(text)}.`);
    this.#accumulator.add(raw);
    this.items.push(new ChatCompletionChunk(raw, this.response));
  }

  #ended(said: string): Error {
    return this.error(`The server ended the stream: ${said.slice(0, 1000)}`);
  }

  /** Accept an end without `[DONE]` where each choice has a finish_reason. */
  end(): void {
    const { reasons } = this.#accumulator;
    this.#finish("neither [DONE] nor a finish_reason came", reasons.length > 0 && reasons.every(Boolean));
  }

  #finish(what: string, finished: boolean): void {
    if (!finished) {
      const said = saidIn(this.lastEvent);
      const reason = said ? `${what}. The last event says: ${said}` : what;
      throw this.error(`The stream ended before the answer did: ${reason}.`);
    }
    this.done = true;
  }

  /** Return the completion so far. */
  completion(): ChatCompletion {
    return new ChatCompletion(this.#accumulator.completion(), this.response);
  }

  protected override error(message: string, cause?: unknown): Error {
    const { response, lastEvent } = this;
    const options = { partial: this.#accumulator.text, lastEvent, cause };
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
    return this.#text();
  }

  async *#text(): AsyncGenerator<string> {
    for await (const chunk of this) {
      for (const { index, delta } of chunk.choices) if (delta.content && !index) yield delta.content;
    }
  }

  /** Read the rest and return the whole completion, with tool calls and usage. */
  async completion(): Promise<ChatCompletion> {
    for await (const _ of this);
    return (this.parser as ChatParser).completion();
  }
}
