import { Chat } from "./chat.js";
import { Endpoints } from "./endpoints.js";
import type { operations } from "./generated/schema.js";
import { Models } from "./models.js";
import { type CallableId, type OperationId, operationOf } from "./operations.js";
import { type CallOptions, type ClientOptions, checkBaseUrl, checkHeaders, checkKey, checkOptions } from "./options.js";
import type { Parts } from "./request.js";
import { Requester } from "./requester.js";
import { Tasks } from "./tasks.js";

/** The arguments of an operation, as the document names them. */
export interface CallParts<Id extends OperationId> {
  path?: operations[Id]["parameters"]["path"];
  query?: operations[Id]["parameters"]["query"];
  body?: operations[Id] extends { requestBody: { content: { "application/json": infer B } } } ? B : never;
}

/** The JSON that an operation returns; undefined where it has no content. */
export type CallResult<Id extends OperationId> = operations[Id]["responses"] extends {
  200: { content: { "application/json": infer R } };
}
  ? R
  : undefined;

/** A client of the Pareta API. Make one, and share it. */
export class Pareta {
  readonly #requester: Requester;
  /** Where the API is. */
  readonly baseUrl: string;
  /** The models that can be called now. */
  readonly models: Models;
  /** Deploy models, operate what is deployed, and measure it. */
  readonly endpoints: Endpoints;
  /** Completions, compatible with OpenAI's. */
  readonly chat: Chat;
  /** The catalog of tasks, and which model is best at each. */
  readonly tasks: Tasks;

  /** Throws ParetaError where there is no key, and TypeError for an invalid option. */
  constructor(options: ClientOptions = {}) {
    checkOptions(options);
    const { timeout = 600_000, maxRetries = 2 } = options;
    this.baseUrl = checkBaseUrl(options);
    this.#requester = new Requester({
      baseUrl: this.baseUrl,
      apiKey: checkKey(options.apiKey),
      fetch: options.fetch,
      timeout,
      maxRetries,
      headers: checkHeaders(options.defaultHeaders),
      query: { ...options.defaultQuery },
    });
    this.models = new Models(this.#requester);
    this.endpoints = new Endpoints(this.#requester);
    this.chat = new Chat(this.#requester);
    this.tasks = new Tasks(this.#requester);
  }

  /** Make a client from `PARETA_API_KEY` and `PARETA_BASE_URL`; options win over them. */
  static fromEnv(options: ClientOptions = {}): Pareta {
    return new Pareta(options);
  }

  /**
   * Send an operation of the document by its id, with retries and errors as the other methods; returns its JSON.
   *
   * One that answers in a stream is a TypeError: its own method reads that.
   */
  async call<Id extends CallableId>(id: Id, parts: CallParts<Id> = {}, options?: CallOptions): Promise<CallResult<Id>> {
    const { empty, streams } = operationOf(id);
    const given = parts as Parts;
    const body: { stream?: unknown } = { ...given.body, ...options?.body };
    if (streams || body.stream) throw new TypeError(`${id} streams: call its own method. Nothing was sent.`);
    const response = await this.#requester.send(id, given, options);
    return (empty ? undefined : this.#requester.json(id, response)) as CallResult<Id>;
  }
}
