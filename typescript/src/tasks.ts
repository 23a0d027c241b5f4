import type { operations } from "./generated/schema.js";
import { Leaderboard, Task, TaskList, TaskMatch } from "./generated/views.js";
import type { CallOptions } from "./options.js";
import { Resource } from "./requester.js";
import { refuseSlips } from "./slips.js";

type Id = string | null | undefined;
type MatchParams = Omit<operations["match_task"]["requestBody"]["content"]["application/json"], "query">;
type RetrieveParams = NonNullable<operations["retrieve_task"]["parameters"]["query"]> & { [name: string]: unknown };

/** The catalog of tasks, and which model is best at each. */
export class Tasks extends Resource {
  /** List every task that a model can be deployed for. */
  async list(options?: CallOptions): Promise<Task[]> {
    return (await this.client.view(TaskList, "list_tasks", {}, options)).tasks;
  }

  /** Retrieve a task; `examples_n` says how many worked examples to include, up to 20. */
  async retrieve(taskId: Id, query: RetrieveParams = {}, options?: CallOptions): Promise<Task> {
    refuseSlips("retrieve_task", query);
    return this.client.view(Task, "retrieve_task", { path: { task_id: taskId }, query }, options);
  }

  /** Find the task that fits an intent, in plain words; `top_k` is how many candidates to return at most. */
  async match(query: string | null | undefined, params: MatchParams = {}, options?: CallOptions): Promise<TaskMatch> {
    refuseSlips("match_task", params);
    return this.client.view(TaskMatch, "match_task", { body: { query, ...params } }, options);
  }

  /** Rank the models for a task, by measured quality and price. */
  leaderboard(taskId: Id, options?: CallOptions): Promise<Leaderboard> {
    return this.client.view(Leaderboard, "task_leaderboard", { path: { task_id: taskId } }, options);
  }

  /** Return the alias that `model: "recommended"` stands for when this task is deployed. */
  async recommended(taskId: Id, options?: CallOptions): Promise<string | null> {
    return (await this.leaderboard(taskId, options)).recommended;
  }
}
