/// <reference lib="esnext.disposable" preserve="true" />
import { ParetaError, unreadable } from "./errors.js";
import { Failure } from "./failure.js";
import type { OpenStream } from "./open-stream.js";
import type { APIResponse } from "./response.js";
import { eventDecoder } from "./sse.js";

/** What only keeps a stream open: a ping, or an event without data that ends nothing. */
export function isKeepAlive(name: string, text: string): boolean {
  if (name === "message") return !text.trim();
  return /^(ping|heartbeat|keep-?alive)$/.test(name) || !(text.trim() || /^(complete|error)$/.test(name));
}

/** Turns the pieces of a stream into items. `done` is set at the terminal event. */
export abstract class StreamParser<T, L = unknown> {
  readonly response: APIResponse;
  /** Items that are not taken yet. */
  items: T[] = [];
  done = false;
  /** The last event, for the errors of a broken stream. */
  lastEvent: L | null = null;
  /** Take a piece; its items are added to `items`. Throws where it cannot be read. */
  readonly feed: (piece: Uint8Array) => void;

  constructor(response: APIResponse, maxBytes: number) {
    this.response = response;
    this.feed = eventDecoder(
      maxBytes,
      (name, text) => {
        if (!this.done) this.take(name, text);
      },
      (reason) => {
        if (!this.done) throw this.error(`The stream cannot be read: ${reason}.`);
      },
    );
  }

  /** Take an event. */
  protected abstract take(name: string, text: string): void;
  /** Accept the end of the body; throws where the stream is incomplete. */
  abstract end(): void;

  /** Return the error for a connection that broke. Nobody retries: the items would come twice. */
  broken(failure: Failure, message = `The stream broke: ${failure.text}.`): Error {
    return failure.error(`${message} [${this.response.place}]`, this.lastEvent);
  }

  protected error(message: string, cause?: unknown): Error {
    return unreadable(message, this.response, { cause });
  }
}

/** A stream whose head has arrived, and what parses it. */
export interface Opened<P> {
  open: OpenStream;
  parser: P;
}

/**
 * A response in events, each delivered as it arrives.
 *
 * It hangs up when a loop over it is left, by `close()`, and at the end of an `await using`.
 */
export class Stream<T, P extends StreamParser<T> = StreamParser<T>> implements AsyncIterable<T>, AsyncDisposable {
  readonly #opening: Promise<Opened<P>>;
  #opened: Opened<P> | null = null;
  #closed = false;
  #error: unknown; // What is thrown after the items before it.

  constructor(opening: Opened<P> | Promise<Opened<P>>) {
    if (!(opening instanceof Promise)) this.#opened = opening;
    this.#opening = Promise.resolve(opening).then((opened) => {
      this.#opened = opened;
      if (this.#closed) opened.open.close();
      return opened;
    });
    this.#opening.catch(() => {}); // It is thrown when the stream is read.
  }

  /** The `x-request-id` of the response; null before its head has arrived. */
  get requestId(): string | null {
    return this.parser?.response.requestId ?? null;
  }

  /** Hang up, unless the stream has ended. Closing it again does nothing. */
  close(): void {
    this.#closed = true;
    this.#opened?.open.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () => {
        const items = this.parser?.items;
        // An item that is there already needs no reading.
        if (items?.length && !this.#closed) return Promise.resolve({ value: items.shift() as T, done: false });
        return this.#next();
      },
      return: async () => {
        this.close();
        return { value: undefined, done: true };
      },
    };
  }

  /** What parses the stream, once its head has arrived. */
  protected get parser(): P | undefined {
    return this.#opened?.parser;
  }

  async #next(): Promise<IteratorResult<T>> {
    const { open, parser } = this.#opened ?? (await this.#opening);
    try {
      while (!this.#closed) {
        const item = parser.items.shift();
        if (item !== undefined) return { value: item, done: false };
        if (this.#error) throw this.#error;
        if (parser.done) {
          await open.drain();
          this.close();
          break;
        }
        const piece = await open.read();
        try {
          if (piece) parser.feed(piece);
          else parser.end();
        } catch (error) {
          this.#error = error;
        }
      }
    } catch (error) {
      const broken = error instanceof Failure;
      if (!(broken && this.#closed)) {
        this.close();
        throw broken ? parser.broken(error) : error;
      }
    }
    if (parser.done && !parser.items.length) return { value: undefined, done: true };
    throw new ParetaError("This stream was closed before its end; the rest was never read.");
  }
}
