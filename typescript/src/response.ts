import { decodeJson } from "./json.js";

/** A response of the server: a value, without the key and without the connection. */
export class APIResponse {
  readonly method: string;
  readonly url: string;
  readonly statusCode: number;
  /** Whether its status is 2xx. */
  readonly ok: boolean;
  /** The server's words for the status; over HTTP/2 there are none. */
  readonly statusText: string;
  readonly headers: Headers;
  /** The body; of an error status, at most its first 64 kB. */
  content = new Uint8Array();

  constructor(method: string, url: string, { status, ok, statusText, headers }: Response) {
    this.method = method;
    this.url = url;
    this.statusCode = status;
    this.ok = ok;
    this.statusText = statusText;
    this.headers = headers;
  }

  /** The `x-request-id` that the server gave the request. */
  get requestId(): string | null {
    return this.headers.get("x-request-id");
  }

  /** The media type of the body, in lower case and without parameters. */
  get contentType(): string {
    return (this.headers.get("content-type") ?? "").replace(/\s*;.*/, "").toLowerCase();
  }

  /** The body as text; bytes that are not UTF-8 are replaced. */
  get text(): string {
    return new TextDecoder().decode(this.content);
  }

  /** Return the body as JSON. Throws where it is none, or is not UTF-8. */
  json(): unknown {
    return decodeJson(new TextDecoder("utf-8", { fatal: true }).decode(this.content));
  }

  /** The start of the body in one line. */
  get snippet(): string {
    const text = this.text.slice(0, 1000).replace(/\s+/g, " ").trim();
    return text.length <= 200 ? text : `${text.slice(0, 200)}…`;
  }

  /** Which call it belongs to. */
  get place(): string {
    return `${this.method} ${this.url}${this.requestId ? `, request ${this.requestId}` : ""}`;
  }

  /** How many seconds the server asks to wait (`Retry-After`, a number or an HTTP date); null for none, junk and the past. */
  get retryAfter(): number | null {
    const text = this.headers.get("retry-after") ?? "";
    if (/^\d{1,400}(\.\d{0,400})?(e\+?\d{1,9})?$/i.test(text)) return Number(text);
    if (!/^[A-Z][a-z]+, /.test(text)) return null; // Date.parse takes much that is no HTTP date.
    const seconds = (Date.parse(text) - Date.now()) / 1000;
    return seconds > 0 ? seconds : null;
  }
}
