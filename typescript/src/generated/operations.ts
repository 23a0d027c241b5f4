// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.

import type { components } from "./schema.js";

type Schemas = components["schemas"];

/** What calls need to know of each operation. */
export const OPERATIONS = {
  list_models: {"request":"GET /v1/models","answers":"data"},
  list_endpoints: {"request":"GET /v1/endpoints"},
  deploy_endpoint: {"request":"POST /v1/endpoints","takes":"task model name","required":"task model","defaults":{"model":"recommended"},"key":true,"streams":true,"ends":"complete error"},
  retrieve_endpoint: {"request":"GET /v1/endpoints/{endpoint_id}","answers":"id name model taskName url region created_at owned_by protected failure"},
  delete_endpoint: {"request":"DELETE /v1/endpoints/{endpoint_id}","empty":true},
  start_endpoint: {"request":"POST /v1/endpoints/{endpoint_id}/start","answers":"id","key":true},
  stop_endpoint: {"request":"POST /v1/endpoints/{endpoint_id}/stop","answers":"id","key":true},
  endpoint_performance: {"request":"GET /v1/endpoints/{endpoint_id}/performance","takes":"window","answers":"endpoint_id window requests p50_ms p95_ms p99_ms"},
  endpoint_uptime: {"request":"GET /v1/endpoints/{endpoint_id}/uptime","takes":"window","answers":"endpoint_id window availability incidents"},
  endpoint_cost: {"request":"GET /v1/endpoints/{endpoint_id}/cost","takes":"window group_by","answers":"endpoint_id window requests spend_micro_usd frontier_baseline_micro_usd savings_micro_usd groups"},
  endpoint_quality: {"request":"GET /v1/endpoints/{endpoint_id}/quality","takes":"window","answers":"endpoint_id window scorer score windows"},
  endpoint_activity: {"request":"GET /v1/endpoints/{endpoint_id}/activity","takes":"window","answers":"endpoint_id window requests errors prompt_tokens completion_tokens series"},
  create_chat_completion: {"request":"POST /v1/chat/completions","takes":"model messages stream stream_options max_tokens max_completion_tokens stop temperature top_p frequency_penalty presence_penalty seed tools tool_choice parallel_tool_calls response_format user","required":"model messages","key":true,"done":"[DONE]"},
  list_tasks: {"request":"GET /v1/tasks","answers":"tasks"},
  match_task: {"request":"POST /v1/tasks/match","takes":"query top_k","required":"query top_k","defaults":{"top_k":5},"answers":"query matched chosen candidates ambiguous matcher","key":true},
  retrieve_task: {"request":"GET /v1/tasks/{task_id}","takes":"examples_n","answers":"id default_scorer has_blob_input examples"},
  task_leaderboard: {"request":"GET /v1/tasks/{task_id}/leaderboard","answers":"task_id metric cost_unit recommended models frontier"},
} as const;

/** The named events of each stream. */
export interface StreamEvents {
  deploy_endpoint:
    | { event: "progress"; data: Schemas["DeployProgress"] }
    | { event: "complete"; data: Schemas["DeployComplete"] }
    | { event: "error"; data: Schemas["DeployFailure"] };
}
