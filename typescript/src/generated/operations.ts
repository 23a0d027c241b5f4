// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.

import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** What calls need to know of each operation. */
export const OPERATIONS = {
  list_models: {"method":"GET","path":"/v1/models","answers":["data"]},
  list_endpoints: {"method":"GET","path":"/v1/endpoints"},
  deploy_endpoint: {"method":"POST","path":"/v1/endpoints","fields":["task","model","name"],"required":["task","model"],"defaults":{"model":"recommended"},"idempotencyKey":true,"streams":true,"terminal":["complete","error"]},
  retrieve_endpoint: {"method":"GET","path":"/v1/endpoints/{endpoint_id}","answers":["id","name","model","taskName","url","region","created_at","owned_by","protected","failure"]},
  delete_endpoint: {"method":"DELETE","path":"/v1/endpoints/{endpoint_id}","noContent":true},
  start_endpoint: {"method":"POST","path":"/v1/endpoints/{endpoint_id}/start","answers":["id"],"idempotencyKey":true},
  stop_endpoint: {"method":"POST","path":"/v1/endpoints/{endpoint_id}/stop","answers":["id"],"idempotencyKey":true},
  endpoint_performance: {"method":"GET","path":"/v1/endpoints/{endpoint_id}/performance","query":["window"],"answers":["endpoint_id","window","requests","p50_ms","p95_ms","p99_ms"]},
  endpoint_uptime: {"method":"GET","path":"/v1/endpoints/{endpoint_id}/uptime","query":["window"],"answers":["endpoint_id","window","availability","incidents"]},
  endpoint_cost: {"method":"GET","path":"/v1/endpoints/{endpoint_id}/cost","query":["window","group_by"],"answers":["endpoint_id","window","requests","spend_micro_usd","frontier_baseline_micro_usd","savings_micro_usd","groups"]},
  endpoint_quality: {"method":"GET","path":"/v1/endpoints/{endpoint_id}/quality","query":["window"],"answers":["endpoint_id","window","scorer","score","windows"]},
  endpoint_activity: {"method":"GET","path":"/v1/endpoints/{endpoint_id}/activity","query":["window"],"answers":["endpoint_id","window","requests","errors","prompt_tokens","completion_tokens","series"]},
  create_chat_completion: {"method":"POST","path":"/v1/chat/completions","fields":["model","messages","stream","stream_options","max_tokens","max_completion_tokens","stop","temperature","top_p","frequency_penalty","presence_penalty","seed","tools","tool_choice","parallel_tool_calls","response_format","user"],"required":["model","messages"],"idempotencyKey":true,"done":"[DONE]"},
  list_tasks: {"method":"GET","path":"/v1/tasks","answers":["tasks"]},
  match_task: {"method":"POST","path":"/v1/tasks/match","fields":["query","top_k"],"required":["query","top_k"],"defaults":{"top_k":5},"answers":["query","matched","chosen","candidates","ambiguous","matcher"],"idempotencyKey":true},
  retrieve_task: {"method":"GET","path":"/v1/tasks/{task_id}","query":["examples_n"],"answers":["id","default_scorer","has_blob_input","examples"]},
  task_leaderboard: {"method":"GET","path":"/v1/tasks/{task_id}/leaderboard","answers":["task_id","metric","cost_unit","recommended","models","frontier"]},
} as const;

/** The named events of each stream. */
export interface StreamEvents {
  deploy_endpoint:
    | { event: "progress"; data: Schemas["DeployProgress"] }
    | { event: "complete"; data: Schemas["DeployComplete"] }
    | { event: "error"; data: Schemas["DeployFailure"] };
}
