endpoints.deploy(params: {
  task: string; // required: a subtask id, e.g. "contract-key-fields"
  model?: string; // defaults to "recommended"
  name?: string; // auto-generated if omitted
  wait?: boolean; // defaults to false
  [key: string]: unknown; // passed through to the backend
}): AsyncIterable<{ event: string; data: unknown }> | Promise<Endpoint>
