import { unreadable } from "./errors.js";
import { Failure } from "./failure.js";
import type { APIResponse } from "./response.js";
import type { Watch } from "./watch.js";

/** How many bytes of an error body are kept. */
const ERROR_LIMIT = 64 * 1024;
const DRAIN_MILLISECONDS = 100;

/** A response whose head has arrived. */
export class OpenStream {
  readonly response: APIResponse;
  readonly maxBytes: number;
  readonly watch: Watch;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(response: APIResponse, body: ReadableStream<Uint8Array> | null, watch: Watch, maxBytes: number) {
    this.response = response;
    this.maxBytes = maxBytes;
    this.watch = watch;
    this.#reader = body?.getReader();
  }

  /** Return the next piece; null at the end. Throws a Failure, or what the caller aborted with. */
  async read(): Promise<Uint8Array | null> {
    if (!this.#reader) return null;
    this.watch.wait(true);
    try {
      const { value = null } = await this.#reader.read();
      this.watch.wait(false);
      return value;
    } catch (error) {
      throw this.watch.failure(error);
    }
  }

  /** Read a little more, after the last event: then the connection can be used again. */
  async drain(): Promise<void> {
    this.watch.limit(performance.now() + DRAIN_MILLISECONDS);
    try {
      await this.#readUpTo(ERROR_LIMIT, []);
    } catch {
      // The stream is over, whatever its connection does.
    }
    this.close();
  }

  /** Read the body into the response. Beyond the limit an error body is cut; any other throws. */
  async fill(streams: boolean): Promise<void> {
    const { response } = this;
    const whole = response.ok && !streams;
    const limit = whole ? this.maxBytes : ERROR_LIMIT;
    const pieces: BlobPart[] = [];
    let reason = "";
    try {
      const size = await this.#readUpTo(limit, pieces);
      if (size > limit && whole) reason = `it is longer than ${limit} bytes, the option maxBytes`;
    } catch (error) {
      // An error status counts, whatever its body is.
      if (!(error instanceof Failure) || (response.ok && error.kind !== "damaged")) throw error;
      if (response.ok) reason = error.text;
    }
    const kept = new Blob(pieces).slice(0, reason ? ERROR_LIMIT : limit);
    response.content = new Uint8Array(await kept.arrayBuffer());
    if (reason) throw unreadable(`The response cannot be read: ${reason}`, response);
  }

  /** Read to the end, or beyond the limit; return how many bytes came. */
  async #readUpTo(limit: number, pieces: BlobPart[]): Promise<number> {
    let size = 0;
    while (size <= limit) {
      const piece = await this.read();
      if (!piece) break;
      pieces.push(piece as BlobPart);
      size += piece.length;
    }
    return size;
  }

  /** Hang up, unless the body has ended. */
  close(): void {
    this.#reader?.cancel().catch(() => {}); // Deno keeps an aborted connection while bytes of it are unread.
    this.watch.end();
  }
}
