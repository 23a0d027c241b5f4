import { APIConnectionError, APITimeoutError } from "./errors.js";

/** Why an attempt failed below HTTP. */
export class Failure {
  readonly kind: "connection" | "timeout" | "tls" | "damaged";
  readonly text: string;
  readonly cause: unknown;

  constructor(kind: Failure["kind"], text: string, cause?: unknown) {
    this.kind = kind;
    this.text = text;
    this.cause = cause;
  }

  /** Return the error that users see. */
  error(message: string, lastEvent?: unknown): APIConnectionError {
    const Kind = this.kind === "timeout" ? APITimeoutError : APIConnectionError;
    return new Kind(message, { lastEvent, cause: this.cause });
  }
}

const TLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE|SELF|DEPTH|HOSTNAME|EPROTO$)/;

/** Node and Bun have codes for it, Deno has messages. */
const DAMAGED = /^(Z_|ERR__|zlib|zstd|brotli|invalid gzip)/i;

/** Return what an error of `fetch` means. Browsers say little: there, all are broken connections. */
export function failureOf(error: unknown): Failure {
  const source = innermost(error);
  const { code = "", message = "" } = (source ?? {}) as { code?: string; message?: string };
  const failure = (kind: Failure["kind"], text: string) => new Failure(kind, text + (message || code || source), error);
  if (/_TIMEOUT$/.test(code)) return failure("timeout", "no response in time: ");
  if (TLS.test(code) || /certificate|corrupt message/.test(message)) return failure("tls", "TLS failed: ");
  if (DAMAGED.test(code || message)) return failure("damaged", "its compression is damaged: ");
  if (/^HPE_/.test(code)) return failure("connection", "the server broke the protocol: ");
  return failure(
    "connection",
    /^(ECONNREF|ENOT|EAI|EHOST|ENET)/.test(code) ? "cannot connect: " : "the connection broke: ",
  );
}

/** Return the first cause: fetch's own error says only that it failed. */
function innermost(error: unknown, depth = 0): unknown {
  const { cause, errors } = (error ?? {}) as { cause?: unknown; errors?: unknown[] };
  const inner = cause ?? errors?.[0]; // An AggregateError, where a host has several addresses.
  return inner && depth < 9 ? innermost(inner, depth + 1) : error;
}
