import * as views from "./generated/views.js";
import type { CallOptions } from "./options.js";
import { Resource } from "./requester.js";
import type { APIResponse } from "./response.js";
import { viewsOf } from "./view.js";

/** The models that can be called now. Iterate it, or read `data` and `length`. */
export class ModelList extends views.ModelList implements Iterable<views.Model> {
  constructor(raw: unknown, response: APIResponse | null = null) {
    super(raw, response);
    viewsOf(undefined, this.toJSON().data, response, "$.data"); // Throws where it is no list.
  }

  get length(): number {
    return this.data.length;
  }

  [Symbol.iterator](): Iterator<views.Model> {
    return this.data[Symbol.iterator]();
  }
}

/** The models that can be called right now: the live endpoints, in the form of OpenAI's index. */
export class Models extends Resource {
  /** List the endpoints that are live and have a URL. Each model's `id` is what a completion takes as `model`. */
  list(options?: CallOptions): Promise<ModelList> {
    return this.client.view(ModelList, "list_models", {}, options);
  }
}
