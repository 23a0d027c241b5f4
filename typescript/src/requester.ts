import { errorIn, textOf, wordsOf } from "./error-bodies.js";
import { APIResponseError, APIStatusError, unreadable } from "./errors.js";
import { Failure } from "./failure.js";
import { OpenStream } from "./open-stream.js";
import { type OperationId, operationOf } from "./operations.js";
import { type CallOptions, checkKey, checkOptions, type KeySource } from "./options.js";
import { type Common, type Parts, type Prepared, prepare } from "./request.js";
import { APIResponse } from "./response.js";
import { BUDGET, backoff, SUCCESSES_PER_RETRY } from "./retry.js";
import type { ViewClass } from "./view.js";
import { Deadline, sleep, Watch } from "./watch.js";

/** How a client sends its calls. */
export interface Settings extends Common {
  readonly apiKey: string | KeySource | null;
  readonly fetch: typeof fetch | undefined;
  readonly timeout: number | null;
  readonly maxRetries: number;
}

/** How many decoded bytes of a body are accepted, unless `maxBytes` says otherwise. */
const BODY_LIMIT = 32 * 1024 * 1024;
/** What a deadline allows for each connection, beside the timeout. */
const CONNECT_MILLISECONDS = 5_000;
const BUDGET_SPENT = "Not retried: too many calls of this client fail.";

/** What a namespace of a client is made of. */
export class Resource {
  protected readonly client: Requester;

  constructor(requester: Requester) {
    this.client = requester;
  }
}

/** Sends calls until they succeed or may not be retried. */
export class Requester {
  readonly #settings: Settings; // Private, so that no printer shows the key.
  #spent = 0; // On retries, in successes; it limits them to a share of the calls, so that an outage is not multiplied.

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Send a call and return its response. */
  async send(id: OperationId, parts: Parts, options: CallOptions = {}, deadline?: Deadline): Promise<APIResponse> {
    const stream = await this.#attempts(id, parts, options, deadline ?? this.#deadline(options), false);
    return stream.response;
  }

  /** Send a call and return its JSON as a view. */
  async view<V>(
    View: ViewClass<V>,
    id: OperationId,
    parts: Parts,
    options?: CallOptions,
    deadline?: Deadline,
  ): Promise<V> {
    const response = await this.send(id, parts, options, deadline);
    return new View(this.json(id, response), response);
  }

  /** Return the JSON of the response to an operation. Throws where it is an error all the same. */
  json(id: OperationId, response: APIResponse): unknown {
    let value: unknown;
    try {
      value = response.json();
    } catch (error) {
      const kind = response.contentType;
      const what = kind.includes("json") ? (error as Error).message : `it is ${kind || "no content type"}`;
      const shown = response.content.length ? JSON.stringify(response.snippet) : "it is empty";
      throw unreadable(`The response is not JSON (${what}): ${shown}`, response, { cause: error });
    }
    const said = errorIn(value, operationOf(id).answers);
    if (said) throw unreadable(`The response is an error: ${said}`, response);
    return value;
  }

  /** Send a call that streams. After the head only silence ends it, or a deadline that the user set. */
  async stream(id: OperationId, parts: Parts, options: CallOptions = {}): Promise<OpenStream> {
    const deadline = this.#deadline(options);
    const stream = await this.open(id, parts, options, deadline);
    stream.watch.limit(options.deadline == null ? Infinity : deadline.until, this.#timeout(options));
    return stream;
  }

  /** Send a call and return its stream; `silent` where it may be silent up to the deadline. */
  async open(
    id: OperationId,
    parts: Parts,
    options: CallOptions,
    deadline: Deadline,
    silent = false,
  ): Promise<OpenStream> {
    const opened = await this.#attempts(id, parts, options, deadline, true, silent);
    const { response } = opened;
    if (response.contentType === "text/event-stream") return opened;
    const said = textOf(wordsOf(response)).slice(0, 1000);
    const kind = response.contentType || "no content type";
    const found = `expected server-sent events, found ${kind}: ${JSON.stringify(response.snippet)}`;
    throw unreadable(said ? `The response is an error: ${said}` : found, response);
  }

  #timeout({ timeout = this.#settings.timeout }: CallOptions): number {
    return timeout ?? Infinity;
  }

  #deadline(options: CallOptions): Deadline {
    if (options.deadline !== undefined) return new Deadline(options.deadline);
    const attempts = (options.maxRetries ?? this.#settings.maxRetries) + 1;
    return new Deadline(attempts * (this.#timeout(options) + CONNECT_MILLISECONDS), true);
  }

  /** Return the 2xx response, read whole unless it is a stream that was asked for. */
  async #attempts(
    id: OperationId,
    parts: Parts,
    options: CallOptions,
    deadline: Deadline,
    streams: boolean,
    silent = false,
  ): Promise<OpenStream> {
    const prepared = prepare(this.#settings, id, parts, checkOptions(options), streams);
    const { method, url, headers } = prepared;
    const repeatable = method !== "POST" || "idempotency-key" in headers;
    const retries = repeatable ? (options.maxRetries ?? this.#settings.maxRetries) : 0;
    const idle = silent ? Infinity : this.#timeout(options);
    let late = false;
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt(prepared, options, idle, deadline, streams);
      const response = outcome instanceof Failure ? null : outcome.response;
      if (response?.ok) {
        if (this.#spent) this.#spent--;
        return outcome as OpenStream;
      }
      const { kind } = outcome as Partial<Failure>;
      const slow = kind === "timeout" && method === "POST";
      // The server may still be at work on it: then it is repeated once at most.
      const last = attempt >= retries || kind === "tls" || (slow && late);
      late ||= slow;
      const wait = last ? null : backoff(response, attempt);
      const allowed = wait !== null && deadline.allows(wait, true);
      if (allowed && this.#spent <= SUCCESSES_PER_RETRY * (Math.max(BUDGET, retries) - 1)) {
        this.#spent += SUCCESSES_PER_RETRY;
        await sleep(wait, options.signal);
        continue;
      }
      const advice = allowed ? BUDGET_SPENT : "";
      if (response) throw APIStatusError.of(response, advice);
      const tries = attempt ? ` (${attempt + 1} attempts)` : "";
      const failure = outcome as Failure;
      throw failure.error(`${method} ${url}: ${failure.text}${tries} ${advice}`.trim());
    }
  }

  /** Send a request once. Throws for a body that cannot be read, and what the caller aborted with. */
  async #attempt(
    { method, url, headers, body }: Prepared,
    options: CallOptions,
    idle: number,
    deadline: Deadline,
    streams: boolean,
  ): Promise<OpenStream | Failure> {
    const authorization = await this.#authorization();
    const watch = new Watch(options.signal);
    watch.limit(deadline.until, idle);
    try {
      const raw = await (this.#settings.fetch ?? fetch)(url, {
        method,
        headers: { ...headers, ...authorization },
        body,
        redirect: "manual",
        signal: watch.signal,
      });
      watch.wait(false);
      if (raw.status === 101) throw new Failure("connection", "the server broke the protocol"); // Deno passes it on.
      if (raw.type === "opaqueredirect") throw new Failure("connection", "the server redirects: check baseUrl");
      const response = new APIResponse(method, url, raw);
      const maxBytes = options.maxBytes ?? BODY_LIMIT;
      const stream = new OpenStream(response, raw.body, watch, maxBytes);
      if (streams && response.ok && response.contentType === "text/event-stream") return stream;
      await stream.fill(streams).finally(() => stream.close());
      return stream;
    } catch (error) {
      watch.end();
      if (error instanceof APIResponseError) throw error;
      return watch.failure(error);
    }
  }

  async #authorization(): Promise<{ authorization?: string }> {
    const { apiKey } = this.#settings;
    const key = typeof apiKey === "function" ? checkKey((await apiKey()) ?? "") : apiKey;
    return key === null ? {} : { authorization: `Bearer ${key}` };
  }
}
