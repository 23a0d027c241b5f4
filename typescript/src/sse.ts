/** A line or an event is longer than it may be. */
export class TooLargeError extends Error {}

/**
 * Decodes a stream of server-sent events, however its bytes are split, as the WHATWG HTML standard says.
 *
 * Comments, unknown fields and events without data are ignored; bytes that are not UTF-8 are replaced; an event that
 * the end cuts off is dropped.
 */
export class EventDecoder {
  readonly #text = new TextDecoder(); // It removes the byte order mark.
  readonly #maxBytes: number;
  #line: string[] = []; // The parts of the current line.
  #length = 0;
  #afterCr = false;
  #name = "";
  #data: string[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Call `take` with name and data of each event that `bytes` complete. Throws TooLargeError. */
  feed(bytes: Uint8Array, take: (name: string, data: string) => void): void {
    let text = this.#text.decode(bytes, { stream: true });
    if (this.#afterCr && text) {
      this.#afterCr = false;
      if (text[0] === "\n") text = text.slice(1); // Its CR has ended the line.
    }
    if (text.includes("\r")) {
      this.#afterCr = text.endsWith("\r");
      text = text.replace(/\r\n?/g, "\n");
    }
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      let line = text.slice(start, end);
      start = end + 1;
      if (this.#length) {
        line = this.#line.join("") + line;
        this.#line = [];
        this.#length = 0;
      }
      if (line) this.#take(line);
      else {
        if (this.#data.length) take(this.#name || "message", this.#data.join("\n"));
        this.#data = [];
        this.#size = 0;
        this.#name = "";
      }
    }
    if (start < text.length) {
      this.#line.push(start ? text.slice(start) : text);
      this.#length += text.length - start;
      this.#check(this.#length, 4, "a line");
    }
  }

  #take(line: string): void {
    this.#check(line.length, 4, "a line");
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "event") this.#name = value;
    else if (field === "data") {
      this.#size += value.length + 1;
      this.#check(this.#size, 2, "an event");
      this.#data.push(value);
    }
  }

  #check(size: number, part: number, what: string): void {
    const limit = this.#maxBytes / part;
    if (size > limit) throw new TooLargeError(`${what} is longer than ${limit} characters`);
  }
}
