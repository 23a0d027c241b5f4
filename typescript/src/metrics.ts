import type { operations } from "./generated/schema.js";
import type { OperationId } from "./operations.js";
import type { CallOptions } from "./options.js";
import { segment } from "./request.js";
import { type Requester, Resource } from "./requester.js";
import { refuseSlips } from "./slips.js";
import { View } from "./view.js";

type Query<Id extends OperationId> = NonNullable<operations[Id]["parameters"]["query"]> & { [name: string]: unknown };
type Json<Id extends OperationId> = operations[Id]["responses"] extends {
  200: { content: { "application/json": infer R } };
}
  ? R
  : never;

/** What an endpoint did, cost and scored. Each method returns the server's JSON; parameters go to the query string. */
export class Metrics extends Resource {
  readonly #endpointId: string | null | undefined;

  constructor(requester: Requester, endpointId: string | null | undefined) {
    super(requester);
    segment("endpoint_id", endpointId);
    this.#endpointId = endpointId;
  }

  /** Latency: p50, p95 and p99. */
  performance(query?: Query<"endpoint_performance">, options?: CallOptions): Promise<Json<"endpoint_performance">> {
    return this.#get("endpoint_performance", query, options);
  }

  /** Availability. */
  uptime(query?: Query<"endpoint_uptime">, options?: CallOptions): Promise<Json<"endpoint_uptime">> {
    return this.#get("endpoint_uptime", query, options);
  }

  /** Spend and savings, in micro-USD. */
  cost(query?: Query<"endpoint_cost">, options?: CallOptions): Promise<Json<"endpoint_cost">> {
    return this.#get("endpoint_cost", query, options);
  }

  /** Judged quality, by windows. */
  quality(query?: Query<"endpoint_quality">, options?: CallOptions): Promise<Json<"endpoint_quality">> {
    return this.#get("endpoint_quality", query, options);
  }

  /** Usage. */
  activity(query?: Query<"endpoint_activity">, options?: CallOptions): Promise<Json<"endpoint_activity">> {
    return this.#get("endpoint_activity", query, options);
  }

  async #get<Id extends OperationId>(id: Id, query: object = {}, options?: CallOptions): Promise<Json<Id>> {
    refuseSlips(id, query);
    const parts = { path: { endpoint_id: this.#endpointId }, query };
    return (await this.client.view(View, id, parts, options)).toJSON() as Json<Id>;
  }
}
