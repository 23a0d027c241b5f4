import { ChatStream } from "./chat-stream.js";
import type { components } from "./generated/schema.js";
import { ChatCompletion } from "./generated/views.js";
import { type CallOptions, checkFlag } from "./options.js";
import { type Requester, Resource } from "./requester.js";
import { refuseSlips } from "./slips.js";

const ID = "create_chat_completion";

/** The conversation, and how to continue it. Further parameters are sent as they are. */
export type ChatCompletionParams = components["schemas"]["ChatCompletionRequest"];

/** Answers to conversations, compatible with OpenAI's. */
export class Completions extends Resource {
  /**
   * Answer a conversation: in one piece, or with `stream: true` in chunks.
   *
   * What is null or undefined is not sent. A declared parameter in another style (`maxTokens`), or an option
   * of the call, is a TypeError.
   */
  create(params: ChatCompletionParams & { stream: true }, options?: CallOptions): Promise<ChatStream>;
  create(params: ChatCompletionParams & { stream?: false | null }, options?: CallOptions): Promise<ChatCompletion>;
  create(params: ChatCompletionParams, options?: CallOptions): Promise<ChatCompletion | ChatStream>;
  async create(params: ChatCompletionParams, options?: CallOptions): Promise<ChatCompletion | ChatStream> {
    if (!Array.isArray(params.messages ?? [])) throw new TypeError("messages must be an array");
    checkFlag("stream", params.stream);
    if (options?.body && "stream" in options.body) throw new TypeError("stream cannot be in the option body");
    refuseSlips(ID, params);
    const parts = { body: params };
    if (params.stream) return new ChatStream(await this.client.stream(ID, parts, options));
    return this.client.view(ChatCompletion, ID, parts, options);
  }
}

/** Conversations. */
export class Chat {
  readonly completions: Completions;

  constructor(requester: Requester) {
    this.completions = new Completions(requester);
  }
}
