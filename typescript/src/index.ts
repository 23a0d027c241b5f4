/** The TypeScript SDK of Pareta: deploy open-weights models as OpenAI-compatible endpoints, and call them. */
export type { Chat, ChatCompletionParams, Completions } from "./chat.js";
export type { ChatStream } from "./chat-stream.js";
export { type CallParts, type CallResult, Pareta } from "./client.js";
export type { DeployEvent, DeployStream } from "./deploy-stream.js";
export type { DeployParams, Endpoint, EndpointState, Endpoints, WaitOptions } from "./endpoints.js";
export {
  APIConnectionError,
  APIResponseError,
  APIStatusError,
  APITimeoutError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  DeployError,
  EndpointNotReadyError,
  InsufficientCreditsError,
  InternalServerError,
  type LastEvent,
  NotFoundError,
  ParetaError,
  PermissionDeniedError,
  RateLimitError,
  StreamError,
  UnprocessableEntityError,
} from "./errors.js";
export type { components, operations, paths } from "./generated/schema.js";
export { VERSION } from "./generated/version.js";
export type * from "./generated/views.js";
export type { Metrics } from "./metrics.js";
export type { ModelList, Models } from "./models.js";
export type { CallableId, OperationId } from "./operations.js";
export type { CallOptions, ClientOptions, KeySource } from "./options.js";
export type { APIResponse } from "./response.js";
export type { Stream } from "./stream.js";
export type { Tasks } from "./tasks.js";
export type { View } from "./view.js";
