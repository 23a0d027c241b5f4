// What the table of behaviours cannot say of a client: its key, its fetch, its environment, and calls by operation.
import { APIStatusError, BadRequestError, NotFoundError, Pareta, ParetaError, UnprocessableEntityError } from "pareta";
import { afterEach, expect, test, vi } from "vitest";
import { act, answer, type Step, stream, Wire } from "./wire.js";

const OK = answer({ data: [] });
const wires: Wire[] = [];
afterEach(() => {
  vi.unstubAllEnvs();
  for (const each of wires.splice(0)) each.close();
});

async function serve(...script: Step[]): Promise<Wire> {
  wires.push(await Wire.start(...script));
  return wires.at(-1) as Wire;
}

test("key and base URL come from the environment, and options win over it", async () => {
  const [wire, other] = [await serve(OK), await serve(OK)];
  vi.stubEnv("PARETA_API_KEY", " pareta_sk_env \n");
  vi.stubEnv("PARETA_BASE_URL", `${wire.url}/`);
  await Pareta.fromEnv().models.list();
  await new Pareta({ apiKey: "pareta_sk_mine", baseUrl: other.url }).models.list();
  expect(wire.received[0]?.headers.authorization).toBe("Bearer pareta_sk_env");
  expect(other.received[0]?.headers.authorization).toBe("Bearer pareta_sk_mine");
});

test("a key that a function returns may change between attempts", async () => {
  const wire = await serve(act.reset, OK);
  let asked = 0;
  await new Pareta({ apiKey: async () => `pareta_sk_${++asked}`, baseUrl: wire.url }).models.list();
  expect(wire.received.map((each) => each.headers.authorization)).toEqual(["Bearer pareta_sk_1", "Bearer pareta_sk_2"]);
  const none = new Pareta({ apiKey: () => "", baseUrl: wire.url });
  await expect(none.models.list()).rejects.toBeInstanceOf(ParetaError);
});

test("where a proxy holds the key, none is sent", async () => {
  const wire = await serve(OK);
  await new Pareta({ apiKey: null, baseUrl: wire.url }).models.list();
  expect(wire.received[0]?.headers).not.toHaveProperty("authorization");
});

test("a fetch that is passed sends the requests", async () => {
  const wire = await serve(OK);
  const seen: string[] = [];
  const mine: typeof fetch = (input, init) => {
    seen.push(`${init?.method} ${input}`);
    return fetch(input, init);
  };
  await new Pareta({ apiKey: "k", baseUrl: wire.url, fetch: mine }).models.list();
  expect(seen).toEqual([`GET ${wire.url}/v1/models`]);
});

test("a redirect that a browser hides is an error", async () => {
  const hidden = Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });
  const pa = new Pareta({ apiKey: "k", maxRetries: 0, fetch: async () => hidden });
  await expect(pa.models.list()).rejects.toThrow("the server redirects");
});

test("any operation of the document can be called by its id", async () => {
  const wire = await serve(answer({ id: "t" }), answer("", { status: "204 No Content" }), answer({ query: "q" }));
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  const task = await pa.call("retrieve_task", { path: { task_id: "t" }, query: { examples_n: 1 } });
  expect(task.id).toBe("t");
  expect(await pa.call("delete_endpoint", { path: { endpoint_id: "ep_1" } })).toBeUndefined();
  await pa.call("match_task", { body: { query: "q" } });
  expect(wire.received.map((each) => `${each.method} ${each.target}`)).toEqual([
    "GET /v1/tasks/t?examples_n=1",
    "DELETE /v1/endpoints/ep_1",
    "POST /v1/tasks/match",
  ]);
});

test("an operation that answers in a stream is refused by its id, and nothing is sent", async () => {
  const wire = await serve(OK);
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  // @ts-expect-error It has no JSON.
  await expect(pa.call("deploy_endpoint", { body: { task: "t" } })).rejects.toThrow(TypeError);
  const ask = { model: "m", messages: [], stream: true };
  await expect(pa.call("create_chat_completion", { body: ask })).rejects.toThrow("create_chat_completion streams");
  expect(wire.received).toEqual([]);
});

test("options among the parameters are refused", async () => {
  const wire = await serve(OK);
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  for (const name of [
    "timeout",
    "deadline",
    "maxRetries",
    "max_bytes",
    "maxBytes",
    "headers",
    "idempotencyKey",
    "signal",
  ])
    await expect(pa.endpoints.metrics("ep_1").cost({ [name]: 1 }), name).rejects.toThrow("the option");
  await expect(pa.endpoints.metrics("ep_1").cost({ groupBy: "day" })).rejects.toThrow("did you mean group_by?");
  expect(wire.received).toEqual([]);
});

test("what has no content by the document is undefined, whatever the server sends", async () => {
  const wire = await serve(answer(""), answer({ deleted: true }));
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  for (let call = 0; call < 2; call++)
    expect(await pa.call("delete_endpoint", { path: { endpoint_id: "ep_1" } })).toBeUndefined();
});

test("an answer that has a field called error is an answer, whichever way it was asked for", async () => {
  const wire = await serve(answer({ id: "ep_1", status: "failed", error: "out of memory" }));
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  const endpoint = await pa.call("retrieve_endpoint", { path: { endpoint_id: "ep_1" } });
  expect(endpoint).toEqual((await pa.endpoints.retrieve("ep_1")).toJSON());
});

test("a message of an answer can be sent back as it is", async () => {
  const message = { role: "assistant", content: "Hello", annotations: [] };
  const wire = await serve(answer({ choices: [{ index: 0, message }] }));
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  const first = await pa.chat.completions.create({ model: "m", messages: [{ role: "user", content: "Hi" }] });
  expect(first.choices[0]?.message).toBe(first.choices[0]?.message);
  const { message: said } = first.choices[0] ?? {};
  if (said) await pa.chat.completions.create({ model: "m", messages: [said, { role: "user", content: "And?" }] });
  expect(JSON.parse(wire.received[1]?.body ?? "").messages[0]).toEqual(message);
});

test("a stream cannot reach the prototype of all objects", async () => {
  const chunk =
    '{"__proto__":{"p":1},"choices":[{"index":0,"__proto__":{"p":1},"delta":{"content":"a","__proto__":{"p":1}},"finish_reason":"stop"}]}';
  const wire = await serve(stream([`data: ${chunk}\n\n`, "data: [DONE]\n\n"]));
  const pa = new Pareta({ apiKey: "k", baseUrl: wire.url });
  const ask = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };
  const chunks = await pa.chat.completions.create({ ...ask, stream: true });
  expect((await chunks.completion()).choices[0]?.message.content).toBe("a");
  expect("p" in {}).toBe(false);
});

test("an error of a status is of its class and of those above it, and TypeScript tells them apart", async () => {
  const told = (error: APIStatusError) =>
    error instanceof NotFoundError ? "gone" : error instanceof UnprocessableEntityError ? "form" : error.statusCode;
  const raised = async (status: number) => {
    const pa = new Pareta({ apiKey: "k", maxRetries: 0, fetch: async () => new Response("{}", { status }) });
    const error: unknown = await pa.models.list().catch((error) => error);
    if (error instanceof APIStatusError) return [told(error), error.constructor.name, error instanceof BadRequestError];
    throw error;
  };
  expect(await raised(404)).toEqual(["gone", "NotFoundError", false]);
  expect(await raised(422)).toEqual(["form", "UnprocessableEntityError", true]);
  expect(await raised(418)).toEqual([418, "APIStatusError", false]);
});
