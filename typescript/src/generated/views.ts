// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.

import { View, type ViewClass } from "../view.js";
import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** An answer to a conversation. */
export interface ChatCompletion extends View<Schemas["ChatCompletion"]> {
  /** The completion's id. */
  readonly id: string | null;
  /** Always `chat.completion`. */
  readonly object: string | null;
  /** When it was made, in Unix seconds. */
  readonly created: number | null;
  /** The id of the endpoint that answered. */
  readonly model: string | null;
  /** The answers; one, unless more were asked for. */
  readonly choices: Choice[];
  /** The tokens of a completion. */
  readonly usage: Usage;
}
export const ChatCompletion: ViewClass<ChatCompletion> = View.of({ choices: () => [Choice], usage: () => [Usage, false], string: "id object model", number: "created", });

/** A piece of an answer. */
export interface ChatCompletionChunk extends View<Schemas["ChatCompletionChunk"]> {
  /** The completion's id; the same in each of its chunks. */
  readonly id: string | null;
  /** Always `chat.completion.chunk`. */
  readonly object: string | null;
  /** When the completion was begun, in Unix seconds. */
  readonly created: number | null;
  /** The id of the endpoint that answers. */
  readonly model: string | null;
  /** What is new of each answer; empty in the chunk that carries the usage. */
  readonly choices: ChunkChoice[];
  /** The tokens of the whole completion, in the last chunk, where `stream_options` asked for it. */
  readonly usage: Usage | null;
}
export const ChatCompletionChunk: ViewClass<ChatCompletionChunk> = View.of({ choices: () => [ChunkChoice], usage: () => [Usage, true], string: "id object model", number: "created", });

/** One answer of a completion. */
export interface Choice extends View<Schemas["Choice"]> {
  /** Its place among the choices, from 0. */
  readonly index: number | null;
  /** A message that the model wrote. It can be sent back among a request's messages as it is. */
  readonly message: Message;
  /** Why the answer ended. */
  readonly finishReason: Schemas["FinishReason"] | (string & {}) | null;
}
export const Choice: ViewClass<Choice> = View.of({ message: () => [Message, false], number: "index", string: "finish_reason", });

/** What is new of one answer. */
export interface ChunkChoice extends View<Schemas["ChunkChoice"]> {
  /** Its place among the choices, from 0. */
  readonly index: number | null;
  /** What a chunk adds to a message. */
  readonly delta: Delta;
  /** Why the answer ended; null before its end. */
  readonly finishReason: Schemas["FinishReason"] | (string & {}) | null;
}
export const ChunkChoice: ViewClass<ChunkChoice> = View.of({ delta: () => [Delta, false], number: "index", string: "finish_reason", });

/** What a chunk adds to a message. */
export interface Delta extends View<Schemas["Delta"]> {
  /** Always `assistant`, in the first chunk. */
  readonly role: string | null;
  /** Text to append. */
  readonly content: string | null;
  /** Text to append to the refusal. */
  readonly refusal: string | null;
  /** What is new of the functions that are asked for. */
  readonly toolCalls: ToolCallDelta[];
}
export const Delta: ViewClass<Delta> = View.of({ tool_calls: () => [ToolCallDelta], string: "role content refusal", });

/** A deployed model, and where it stands. */
export interface Endpoint extends View<Schemas["Endpoint"]> {
  /** The endpoint's id. It equals its name. */
  readonly id: string | null;
  /** The name that it was deployed under, or that it was given. */
  readonly name: string | null;
  /** The alias that serves here. */
  readonly model: string | null;
  /** What an endpoint is doing. Others may be added: only `live` serves. */
  readonly status: Schemas["EndpointStatus"] | (string & {}) | null;
  /** The id of the task that it serves. */
  readonly taskName: string | null;
  /** The base URL of its OpenAI-compatible API; null until it has been live. */
  readonly url: string | null;
  /** Where it runs. */
  readonly region: string | null;
  /** When it was deployed. */
  readonly createdAt: string | null;
  /** `pareta`, or the name of the vendor that serves it. */
  readonly ownedBy: string | null;
  /** Whether it refuses to be stopped and deleted. */
  readonly protected: boolean | null;
  /** Why its deployment failed; null in any other status. */
  readonly failure: string | null;
}
export const Endpoint: ViewClass<Endpoint> = View.of({ string: "id name model status taskName url region created_at owned_by failure", boolean: "protected", });

/** A function and its arguments. */
export interface FunctionCall extends View<Schemas["FunctionCall"]> {
  /** The function's name. */
  readonly name: string | null;
  /** Its arguments, as JSON text that the model wrote: check it. */
  readonly arguments: string | null;
}
export const FunctionCall: ViewClass<FunctionCall> = View.of({ string: "name arguments", });

/** What a chunk adds to a function and its arguments. */
export interface FunctionCallDelta extends View<Schemas["FunctionCallDelta"]> {
  /** The function's name, in its first piece. */
  readonly name: string | null;
  /** JSON text to append to its arguments. */
  readonly arguments: string | null;
}
export const FunctionCallDelta: ViewClass<FunctionCallDelta> = View.of({ string: "name arguments", });

/** The models for a task, ranked. */
export interface Leaderboard extends View<Schemas["Leaderboard"]> {
  /** The task's id. */
  readonly taskId: string | null;
  /** What `quality` measures, as in `Task.default_scorer`. */
  readonly metric: string | null;
  /** The unit of the costs: `micro_usd_per_request`. */
  readonly costUnit: string | null;
  /** The alias that `recommended` stands for in a deployment. */
  readonly recommended: string | null;
  /** The open models, best quality first. */
  readonly models: LeaderboardEntry[];
  /** A frontier model to compare with; null where none was measured. */
  readonly frontier: LeaderboardEntry | null;
}
export const Leaderboard: ViewClass<Leaderboard> = View.of({ models: () => [LeaderboardEntry], frontier: () => [LeaderboardEntry, true], string: "task_id metric cost_unit recommended", });

/** A model, measured on a task. */
export interface LeaderboardEntry extends View<Schemas["LeaderboardEntry"]> {
  /** Its alias, which a deployment takes as `model`. */
  readonly name: string | null;
  /** `open` can be deployed; `frontier` is there to compare with. */
  readonly kind: "open" | "frontier" | (string & {}) | null;
  /** Its score on the task, from 0 to 1. */
  readonly quality: number | null;
  /** What a completion costs, in micro-USD. */
  readonly costPerRequestMicroUsd: number | null;
  /** How much it can read, in thousands of tokens. */
  readonly contextK: number | null;
  /** How it is run, such as `dedicated` or `hosted`. */
  readonly runMode: string | null;
}
export const LeaderboardEntry: ViewClass<LeaderboardEntry> = View.of({ string: "name kind run_mode", number: "quality cost_per_request_micro_usd context_k", });

/** A message that the model wrote. It can be sent back among a request's messages as it is. */
export interface Message extends View<Schemas["Message"]> {
  /** Always `assistant`. */
  readonly role: string | null;
  /** The text; null where it asks for functions instead. */
  readonly content: string | null;
  /** Why the model would not answer, where it would not. */
  readonly refusal: string | null;
  /** The functions that it asks to have called. */
  readonly toolCalls: ToolCall[];
}
export const Message: ViewClass<Message> = View.of({ tool_calls: () => [ToolCall], string: "role content refusal", });

/** A model that can be called, in the form of OpenAI's model index. */
export interface Model extends View<Schemas["Model"]> {
  /** The endpoint's id. A chat completion takes it as `model`. */
  readonly id: string | null;
  /** Always `model`. */
  readonly object: string | null;
  /** `pareta` for a deployed open-weights model, else the name of the vendor that serves it. */
  readonly ownedBy: string | null;
  /** When the endpoint was created, in Unix seconds. */
  readonly created: number | null;
}
export const Model: ViewClass<Model> = View.of({ string: "id object owned_by", number: "created", });

/** The models that can be called now. */
export interface ModelList extends View<Schemas["ModelList"]> {
  /** Always `list`. */
  readonly object: string | null;
  /** The models, oldest first. */
  readonly data: Model[];
}
export const ModelList: ViewClass<ModelList> = View.of({ data: () => [Model], string: "object", });

/** Something that a model can be deployed for. */
export interface Task extends View<Schemas["Task"]> {
  /** The task's id. */
  readonly id: string | null;
  /** What measures an answer, such as `field_f1`. */
  readonly defaultScorer: string | null;
  /** Whether its input is a file, such as an image, and not text. */
  readonly hasBlobInput: boolean | null;
  /** Worked examples, where `examples_n` asked for them. */
  readonly examples: TaskExample[];
}
export const Task: ViewClass<Task> = View.of({ examples: () => [TaskExample], string: "id default_scorer", boolean: "has_blob_input", });

/** A worked example of a task. */
export interface TaskExample extends View<Schemas["TaskExample"]> {
  /** What the model is given; for a file, its name. */
  readonly input: string | null;
  /** What a good answer is. */
  readonly output: string | null;
}
export const TaskExample: ViewClass<TaskExample> = View.of({ string: "input output", });

/** The catalog of tasks. */
export interface TaskList extends View<Schemas["TaskList"]> {
  /** The tasks, in the order of their ids. */
  readonly tasks: Task[];
}
export const TaskList: ViewClass<TaskList> = View.of({ tasks: () => [Task], });

/** The tasks that fit an intent. */
export interface TaskMatch extends View<Schemas["TaskMatch"]> {
  /** The intent. */
  readonly query: string | null;
  /** Whether a task fits well enough. */
  readonly matched: boolean | null;
  /** The task that fits best; null where none fits well enough. */
  readonly chosen: TaskMatchCandidate | null;
  /** The tasks that fit at all, best first. */
  readonly candidates: TaskMatchCandidate[];
  /** Whether another task fits about as well as the chosen one. */
  readonly ambiguous: boolean | null;
  /** How they were compared: by words or by meaning. */
  readonly matcher: "keyword" | "semantic" | (string & {}) | null;
}
export const TaskMatch: ViewClass<TaskMatch> = View.of({ chosen: () => [TaskMatchCandidate, true], candidates: () => [TaskMatchCandidate], string: "query matcher", boolean: "matched ambiguous", });

/** A task, and how well it fits an intent. */
export interface TaskMatchCandidate extends View<Schemas["TaskMatchCandidate"]> {
  /** The task's id. */
  readonly taskId: string | null;
  /** How well it fits, from 0 to 1. */
  readonly score: number | null;
  /** How sure that is, given the other candidates, from 0 to 1. */
  readonly confidence: number | null;
}
export const TaskMatchCandidate: ViewClass<TaskMatchCandidate> = View.of({ string: "task_id", number: "score confidence", });

/** A function that the model asks to have called. */
export interface ToolCall extends View<Schemas["ToolCall"]> {
  /** Names this request; the answer to it refers to it. */
  readonly id: string | null;
  /** Always `function`. */
  readonly type: string | null;
  /** A function and its arguments. */
  readonly function: FunctionCall;
}
export const ToolCall: ViewClass<ToolCall> = View.of({ function: () => [FunctionCall, false], string: "id type", });

/** What a chunk adds to a request for a function. */
export interface ToolCallDelta extends View<Schemas["ToolCallDelta"]> {
  /** Which of the requests it adds to, from 0. */
  readonly index: number | null;
  /** The id of the request, in its first piece. */
  readonly id: string | null;
  /** Always `function`, in its first piece. */
  readonly type: string | null;
  /** What a chunk adds to a function and its arguments. */
  readonly function: FunctionCallDelta | null;
}
export const ToolCallDelta: ViewClass<ToolCallDelta> = View.of({ function: () => [FunctionCallDelta, true], number: "index", string: "id type", });

/** The tokens of a completion. */
export interface Usage extends View<Schemas["Usage"]> {
  /** How many tokens were read. */
  readonly promptTokens: number | null;
  /** How many tokens were written. */
  readonly completionTokens: number | null;
  /** Both together. */
  readonly totalTokens: number | null;
}
export const Usage: ViewClass<Usage> = View.of({ number: "prompt_tokens completion_tokens total_tokens", });
