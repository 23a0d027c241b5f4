import { ParetaError } from "./errors.js";

/** A function that returns the API key. It is called before each attempt, so that keys can rotate. */
export type KeySource = () => string | Promise<string>;

/** Options of one call. */
export interface CallOptions {
  /** Milliseconds without a byte, null for no limit: up to the response's head, and between pieces of its body. */
  timeout?: number | null;
  /** Milliseconds for the whole call, with its retries and the waits between them; null for no limit. */
  deadline?: number | null;
  /** How often a failed call is retried. */
  maxRetries?: number;
  /** How many decoded bytes a body may have; an event of a stream may have half of that, a line a quarter. */
  maxBytes?: number;
  /** Headers to send, over those of the client. */
  headers?: Record<string, string>;
  /** Query parameters to send, over those of the method and of the client. */
  query?: Record<string, unknown>;
  /** Fields of the JSON body beside those of the method; a name that looks like a mistake is sent too. */
  body?: Record<string, unknown>;
  /** The key of this POST, 1 to 255 visible ASCII characters; without it a random one is sent. */
  idempotencyKey?: string;
  /** Aborts the call; it then throws the signal's reason. */
  signal?: AbortSignal;
}

/** Options of a client. */
export interface ClientOptions {
  /**
   * The key, `pareta_sk_…`; by default `PARETA_API_KEY`. A function that returns the key is called before each
   * attempt. null sends none: for browsers, where a proxy adds it.
   */
  apiKey?: string | KeySource | null;
  /** Where the API is; by default `PARETA_BASE_URL`, else the hosted platform. Only this machine may be http. */
  baseUrl?: string;
  /** Milliseconds without a byte: see `CallOptions`. 600,000 by default. */
  timeout?: number | null;
  /** How often a failed call is retried; 2 by default. */
  maxRetries?: number;
  /** Your own `fetch`; by default the platform's. */
  fetch?: typeof fetch;
  /** Headers to send with each request. */
  defaultHeaders?: Record<string, string>;
  /** Query parameters to send with each request. */
  defaultQuery?: Record<string, unknown>;
  /** Allow plain http to another machine, which shows the key to the network. */
  allowHttp?: boolean;
}

const OURS = /^(authorization|host|content-length|transfer-encoding|connection|idempotency-key)$/;

/** Return a setting of the environment, where there is one. */
export function fromEnv(name: string): string | undefined {
  return (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.[name];
}

/** Return the API key without white space around it, or its source; null for none. Throws where there is no key. */
export function checkKey(apiKey: string | KeySource | null | undefined): string | KeySource | null {
  if (apiKey === null || typeof apiKey === "function") return apiKey;
  const key = String(apiKey ?? fromEnv("PARETA_API_KEY") ?? "").trim();
  if (!key) throw new ParetaError("No API key: set the environment variable PARETA_API_KEY, or pass apiKey.");
  if (!/^[ -~]+$/.test(key)) {
    throw new TypeError("The API key holds a control or non-ASCII character");
  }
  return key;
}

/** Return the base URL without `/v1` and slashes at its end. Throws where it is none, or would show the key. */
export function checkBaseUrl({ baseUrl, allowHttp }: ClientOptions): string {
  const text = baseUrl?.trim() || fromEnv("PARETA_BASE_URL")?.trim() || "https://api.pareta.ai";
  const url = URL.canParse(text) ? new URL(text) : null;
  // What is wrong is not shown: it may hold a password.
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password || /[?#]/.test(text)) {
    throw new TypeError("baseUrl must be an https:// URL without user name, password, query and fragment");
  }
  const local = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol === "http:" && !allowHttp && !local) {
    throw new TypeError("baseUrl is plain http, which shows the key to the network: use allowHttp");
  }
  return url.origin + url.pathname.replace(/(\/+v1)?\/*$/, "");
}

/** Return headers by their names in lower case. Throws for one that the client sets, or that is malformed. */
export function checkHeaders(headers: Record<string, string> = {}): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    if (OURS.test(name)) throw new TypeError(`the header ${name} is the client's own: use its options`);
    // The value is not shown: it may be a secret.
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[ -~]*$/.test(value))
      throw new TypeError(`malformed header: ${name}`);
    checked[name] = value.trim();
  }
  return checked;
}

/** Check the numbers among options. */
export function checkOptions<T extends ClientOptions & CallOptions>(options: T): T {
  const { idempotencyKey } = options;
  for (const name of ["timeout", "deadline"] as const) {
    if (options[name] != null) positive(name, options[name]);
  }
  for (const name of ["maxRetries", "maxBytes"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0)) {
      throw new TypeError(`${name} must be a whole number, 0 or more, not ${value}`);
    }
  }
  if (idempotencyKey !== undefined && !/^[!-~]{1,255}$/.test(idempotencyKey)) {
    throw new TypeError("idempotencyKey must be 1 to 255 visible ASCII characters");
  }
  return options;
}

/** Throw for a flag that is no boolean: a text would count as true. */
export function checkFlag(name: string, value: unknown): void {
  if (value != null && typeof value !== "boolean") throw new TypeError(`${name} must be true or false`);
}

/** Throw where a value is no positive, finite number. */
export function positive(name: string, value: unknown): void {
  if (!(Number.isFinite(value) && (value as number) > 0)) {
    throw new TypeError(`${name} must be a positive number of milliseconds, not ${value}`);
  }
}
