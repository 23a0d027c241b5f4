import { textOf, wordsOf } from "./error-bodies.js";
import type { APIResponse } from "./response.js";

/** Base class of all errors of this package. `cause` is the platform's own error, where there is one. */
export class ParetaError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options.cause ? options : {});
  }
}

/** An event of a stream, as far as it could be read. */
export interface LastEvent {
  event: string;
  data: unknown;
}

/** The server was not reached, or the connection broke before the response was complete. */
export class APIConnectionError extends ParetaError {
  /** The last event of a stream that broke: of a chat stream its chunk, of a deployment `{ event, data }`. */
  readonly lastEvent: unknown;

  constructor(message: string, options: { lastEvent?: unknown; cause?: unknown } = {}) {
    super(message, options);
    this.lastEvent = options.lastEvent ?? null;
  }
}

/** No response came in time. */
export class APITimeoutError extends APIConnectionError {}

/** The server responded with a status other than 2xx. */
export class APIStatusError extends ParetaError {
  /** The response: method, url, statusCode, headers, text and json(). */
  readonly response: APIResponse;
  readonly statusCode: number;
  /** The server's id of the request; quote it to support. */
  readonly requestId: string | null;
  /** The server's message: the body's `detail` (any JSON), else the start of its text. */
  readonly detail: unknown;

  constructor(response: APIResponse, advice = "") {
    const detail = wordsOf(response) ?? response.text.slice(0, 1000).trim();
    const said = textOf(detail);
    const status = `${response.statusCode} ${response.statusText}`.trim() + (said && `: ${said}`);
    super(`${status} [${response.place}] ${advice}`.trim());
    this.response = response;
    this.statusCode = response.statusCode;
    this.requestId = response.requestId;
    this.detail = detail;
  }

  /** Return the error of the class for the response's status. */
  static of(response: APIResponse, more: string): APIStatusError {
    const { statusCode: status, url } = response;
    let [Kind, advice = ""] = BY_STATUS[status] ?? [APIStatusError];
    if (status >= 300 && status < 400) {
      const where = response.headers.get("location") ?? "nowhere";
      advice = `It redirects to ${where}. Redirects are not followed: check baseUrl.`;
    } else if (status === 503 && !url.includes("/chat/completions")) advice = "";
    return new Kind(response, `${advice} ${more}`.trim());
  }
}

/** 429: too many requests in a short time. */
export class RateLimitError extends APIStatusError {
  /** How many seconds the server asks to wait; null where it does not say. */
  get retryAfter(): number | null {
    return this.response.retryAfter;
  }
}

/** A class of errors: a type of its own, so that `instanceof` narrows. */
interface StatusClass<E extends APIStatusError> {
  new (response: APIResponse, advice?: string): E;
  prototype: E;
}

const BY_STATUS: Record<number, [StatusClass<APIStatusError>, string?]> = { 429: [RateLimitError] };

/** Make the class of the errors of a status, under a name that bundlers keep. */
function ofStatus<E extends APIStatusError>(
  name: string,
  status: number,
  advice = "",
  Base: StatusClass<APIStatusError> = APIStatusError,
): StatusClass<E> {
  const Kind = { [name]: class extends Base {} }[name] as StatusClass<E>;
  Kind.prototype.name = name;
  BY_STATUS[status] = [Kind, advice];
  return Kind;
}

/** 400 or 422: the request is malformed, or names an unknown task. */
export const BadRequestError = ofStatus<BadRequestError>("BadRequestError", 400);
/** 400 or 422: the request is malformed, or names an unknown task. */
export interface BadRequestError extends APIStatusError {}

/** 422: the request does not have the form that the API expects. */
export const UnprocessableEntityError = ofStatus<UnprocessableEntityError>(
  "UnprocessableEntityError",
  422,
  "",
  BadRequestError,
);
/** 422: the request does not have the form that the API expects. */
export interface UnprocessableEntityError extends BadRequestError {}

/** 401: the API key is missing or not valid. */
export const AuthenticationError = ofStatus<AuthenticationError>(
  "AuthenticationError",
  401,
  "Check PARETA_API_KEY: keys start with pareta_sk_.",
);
/** 401: the API key is missing or not valid. */
export interface AuthenticationError extends APIStatusError {}

/** 402: the organisation's balance is empty. Top it up in the browser. */
export const InsufficientCreditsError = ofStatus<InsufficientCreditsError>(
  "InsufficientCreditsError",
  402,
  "Top up the balance in the dashboard.",
);
/** 402: the organisation's balance is empty. Top it up in the browser. */
export interface InsufficientCreditsError extends APIStatusError {}

/** 403: the key is valid but may not do this. */
export const PermissionDeniedError = ofStatus<PermissionDeniedError>("PermissionDeniedError", 403);
/** 403: the key is valid but may not do this. */
export interface PermissionDeniedError extends APIStatusError {}

/** 404: the endpoint, task or model does not exist. */
export const NotFoundError = ofStatus<NotFoundError>("NotFoundError", 404);
/** 404: the endpoint, task or model does not exist. */
export interface NotFoundError extends APIStatusError {}

/** 409: the endpoint is protected, its name is taken, or a change is under way. */
export const ConflictError = ofStatus<ConflictError>("ConflictError", 409);
/** 409: the endpoint is protected, its name is taken, or a change is under way. */
export interface ConflictError extends APIStatusError {}

/** 500, 502 or 504: the server failed, or a server behind it. */
export const InternalServerError = ofStatus<InternalServerError>("InternalServerError", 500);
/** 500, 502 or 504: the server failed, or a server behind it. */
export interface InternalServerError extends APIStatusError {}
BY_STATUS[502] = BY_STATUS[504] = [InternalServerError];

/** 503: the endpoint is stopped or cold, or its provider is down. */
export const EndpointNotReadyError = ofStatus<EndpointNotReadyError>(
  "EndpointNotReadyError",
  503,
  "Start it with endpoints.start(id), then endpoints.waitUntilLive(id).",
);
/** 503: the endpoint is stopped or cold, or its provider is down. */
export interface EndpointNotReadyError extends APIStatusError {}

/** A 2xx response cannot be read: it is cut, malformed, or of another shape. */
export class APIResponseError extends ParetaError {
  readonly response: APIResponse | null;
  readonly statusCode: number | null;
  readonly requestId: string | null;

  constructor(message: string, response: APIResponse | null = null, options: { cause?: unknown } = {}) {
    super(message, options);
    this.response = response;
    this.statusCode = response?.statusCode ?? null;
    this.requestId = response?.requestId ?? null;
  }
}

/** Return the error for a response that cannot be read. */
export function unreadable(message: string, response: APIResponse, options?: { cause?: unknown }): APIResponseError {
  return new APIResponseError(`${message} [${response.statusCode} to ${response.place}]`, response, options);
}

/** A chat stream was truncated, malformed, or ended by an error event. */
export class StreamError extends APIResponseError {
  /** The text that came before. */
  readonly partial: string;
  /** The last chunk that was read, as raw JSON. */
  readonly lastEvent: unknown;

  constructor(
    message: string,
    response: APIResponse,
    options: { partial: string; lastEvent: unknown; cause?: unknown },
  ) {
    super(message, response, options);
    this.partial = options.partial;
    this.lastEvent = options.lastEvent;
  }
}

/** A deployment failed, or its result is not known. */
export class DeployError extends ParetaError {
  /** The last event of the deploy stream. */
  readonly lastEvent: LastEvent | null;
  /** The endpoint's id, if known. */
  readonly endpointId: string | null;

  constructor(
    message: string,
    options: { lastEvent?: LastEvent | null; endpointId?: string | null; cause?: unknown } = {},
  ) {
    super(message, options);
    this.lastEvent = options.lastEvent ?? null;
    this.endpointId = options.endpointId ?? null;
  }
}

// Bundlers rename classes; their errors keep these names.
for (const [name, kind] of Object.entries({
  ParetaError,
  APIConnectionError,
  APITimeoutError,
  APIStatusError,
  RateLimitError,
  APIResponseError,
  StreamError,
  DeployError,
})) {
  kind.prototype.name = name;
}
