// What a bad line or a bad server does that the table of behaviours cannot say.
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";
import { gzipSync } from "node:zlib";
import * as sdk from "pareta";
import { afterEach, expect, test } from "vitest";
import { PYTHON } from "./sandbox.js";
import { act, answer, type Step, stream, Wire } from "./wire.js";

const KEY = "pareta_sk_secret_1a2b3c";
const OK = answer({ data: [{ id: "ep_1" }] });
const ASK = { model: "ep_1", messages: [{ role: "user" as const, content: "Hi" }] };
const RUNTIME = "Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node";
const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const chunkOf = (content: string) => `data: {"choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`;
const PROGRESS = 'event: progress\ndata: {"pct":45}\n\n';

const wires: Wire[] = [];
afterEach(() => {
  for (const each of wires.splice(0)) each.close();
});

async function serve(...script: Step[]): Promise<[Wire, sdk.Pareta]> {
  const wire = await Wire.start(...script);
  wires.push(wire);
  return [wire, new sdk.Pareta({ apiKey: KEY, baseUrl: wire.url, maxRetries: 0 })];
}

/** Return what a promise is rejected with. */
async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail("it succeeded"),
    (error) => error,
  );
}

/** Wait until the client has hung up. */
async function hungUp(socket: Socket | undefined): Promise<void> {
  if (socket && !socket.closed) await new Promise((resolve) => socket.once("close", resolve));
}

const write =
  (text: string): Step =>
  (socket) =>
    socket.write(text);
const drip =
  (head: string, body: string): Step =>
  async (socket) => {
    socket.write(head);
    for (const letter of body) {
      socket.write(letter);
      await wait(50);
    }
  };

test.for([
  ["a NUL in a header", `${HEAD}x-a: \0\r\ncontent-length: 2\r\n\r\n{}`],
  ["a size of a chunk that is none", `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`],
  ["two lengths", `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
  ["a negative length", `${HEAD}content-length: -2\r\n\r\n{}`],
  ["another protocol, unasked", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
  ["half of a head", "HTTP/1.1 200 OK\r\ncontent-ty"],
] as const)("%s is a broken connection, whose text names the call", async ([, bytes]) => {
  const [wire, pa] = await serve((socket) => socket.end(bytes));
  const error = await failure(pa.models.list());
  expect(error).toBeInstanceOf(sdk.APIConnectionError);
  expect(error.message).toContain(`GET ${wire.url}/v1/models: `);
});

test("a huge header is read or refused, never hung on", async () => {
  const [, pa] = await serve(write(`${HEAD}x-a: ${"a".repeat(200_000)}\r\ncontent-length: 11\r\n\r\n{"data":[]}`));
  const listed = await pa.models.list().catch((error) => error);
  if (!(listed instanceof sdk.APIConnectionError))
    expect([RUNTIME, listed.length]).toEqual([expect.not.stringMatching("node"), 0]);
});

test("bytes beyond a body never reach another call", async () => {
  const surplus = answer({ data: [{ id: "poison" }] });
  const [, pa] = await serve((socket) => {
    OK(socket);
    surplus(socket);
  }, OK);
  for (let call = 0; call < 3; call++) {
    const listed = await pa.models.list().catch((error) => error);
    if (listed instanceof sdk.ParetaError) continue;
    expect(listed.data[0].id).toBe("ep_1");
  }
});

test("a body that comes a byte at a time ends at the deadline", async () => {
  const [, pa] = await serve(drip(`${HEAD}content-length: 500\r\n\r\n`, `{"data": [${" ".repeat(400)}]}`));
  const begun = performance.now();
  const error = await failure(pa.models.list({ timeout: 500, deadline: 600 }));
  expect(error).toBeInstanceOf(sdk.APITimeoutError);
  expect(error.message).toContain("the deadline has passed");
  expect(performance.now() - begun).toBeLessThan(3000);
});

test("a compressed body that grows without end is refused at the limit, in little memory", async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000), { level: 9 });
  const [, pa] = await serve(answer(bomb, { headers: { "content-encoding": "gzip" } }));
  const before = process.memoryUsage().rss;
  const error = await failure(pa.models.list());
  expect(error).toBeInstanceOf(sdk.APIResponseError);
  expect(error.message).toContain("longer than");
  // Deno decompresses ahead of its reader.
  if (RUNTIME !== "deno") expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

test("a large error page is kept in part", async () => {
  const [, pa] = await serve(answer("x".repeat(5_000_000), { status: "400 Bad Request" }));
  const error = (await failure(pa.models.list())) as sdk.APIStatusError;
  expect(error.response.content.length).toBe(64 * 1024);
  expect(error.message.length).toBeLessThan(2000);
});

test("a line without end is refused, and the server sees the hang-up", async () => {
  let sent = 0;
  const [wire, pa] = await serve(async (socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: ");
    const piece = "x".repeat(1_000_000);
    for (; sent < 100 && !socket.destroyed; sent++) {
      if (!socket.write(piece)) await Promise.race([once(socket, "drain"), once(socket, "close")]).catch(() => {});
    }
  });
  const chunks = await pa.chat.completions.create({ ...ASK, stream: true });
  const error = await failure(chunks.completion());
  expect(error).toBeInstanceOf(sdk.StreamError);
  expect(error.message).toContain("a line is longer than");
  await hungUp(wire.sockets[0]);
  expect(sent).toBeLessThan(50);
});

test("a redirect sends nothing anywhere else", async () => {
  const [other] = await serve(OK);
  const [, pa] = await serve(
    answer("", { status: "308 Permanent Redirect", headers: { location: `${other.url}/v1/models` } }),
  );
  const error = await failure(pa.models.list());
  expect(error.message).toContain(`It redirects to ${other.url}/v1/models`);
  expect(other.sockets).toEqual([]);
});

test("a status beyond all is an error of its status", async () => {
  const [, pa] = await serve(answer({ detail: "odd" }, { status: "599 Odd" }));
  expect(await failure(pa.models.list())).toMatchObject({ statusCode: 599, detail: "odd" });
});

test("a 204 with a body does no harm", async () => {
  const [, pa] = await serve(write("HTTP/1.1 204 No Content\r\ncontent-length: 4\r\n\r\nnope"), OK);
  await pa.endpoints.delete("ep_1");
  const next = new sdk.Pareta({ apiKey: KEY, baseUrl: pa.baseUrl, maxRetries: 2 });
  expect((await next.models.list()).length).toBe(1);
});

test("an idle connection that the server closed is not noticed", async () => {
  const [, pa] = await serve((socket) => {
    OK(socket);
    socket.end();
  }, OK);
  const patient = new sdk.Pareta({ apiKey: KEY, baseUrl: pa.baseUrl });
  expect((await patient.models.list()).length).toBe(1);
  expect((await patient.models.list()).length).toBe(1);
});

test("500 calls at once all succeed", async () => {
  const [, pa] = await serve(OK);
  const all = await Promise.all(Array.from({ length: 500 }, () => pa.models.list()));
  expect(all.every((each) => each.length === 1)).toBe(true);
});

test("streams one after another use one connection", async () => {
  const whole = stream([
    chunkOf("a"),
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n',
    "data: [DONE]\n\n",
  ]);
  const [wire, pa] = await serve(whole);
  for (let call = 0; call < 10; call++) await (await pa.chat.completions.create({ ...ASK, stream: true })).completion();
  expect([wire.received.length, wire.sockets.length]).toSatisfy(
    ([calls = 0, sockets = 0]) => calls === 10 && sockets <= 2,
  );
});

const leaving: [string, (stream: sdk.ChatStream, controller: AbortController) => Promise<unknown>][] = [
  [
    "leaving the loop",
    async (chunks) => {
      for await (const _ of chunks) break;
    },
  ],
  [
    "an error in the loop",
    (chunks) =>
      failure(
        (async () => {
          for await (const _ of chunks) throw new Error("mine");
        })(),
      ),
  ],
  [
    "leaving the loop over the text",
    async (chunks) => {
      for await (const _ of chunks.text) break;
    },
  ],
  ["close()", async (chunks) => chunks.close()],
  ["the end of `await using`", async (chunks) => chunks[Symbol.asyncDispose]()],
  ["an AbortSignal", async (_, controller) => controller.abort()],
];
test.for(leaving)("%s hangs up", async ([, leave]) => {
  const [wire, pa] = await serve(stream([chunkOf("a"), chunkOf("b")], { end: "silence" }));
  const controller = new AbortController();
  const chunks = await pa.chat.completions.create({ ...ASK, stream: true }, { signal: controller.signal });
  await leave(chunks, controller);
  await hungUp(wire.sockets[0]);
});

test("a reader may be as slow as it likes: silence counts while it waits", async () => {
  const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const slow: Step = async (socket) => {
    stream([chunkOf("a")], { end: "silence" })(socket);
    await wait(700);
    for (const event of [stop, "data: [DONE]\n\n"]) socket.write(`${event.length.toString(16)}\r\n${event}\r\n`);
    socket.write("0\r\n\r\n");
  };
  const [, pa] = await serve(slow);
  const chunks = await pa.chat.completions.create({ ...ASK, stream: true }, { timeout: 400 });
  await wait(600);
  const texts: string[] = [];
  for await (const text of chunks.text) texts.push(text);
  expect(texts).toEqual(["a"]);
});

test("a stream that was left is not mistaken for one that ended", async () => {
  const [, pa] = await serve(stream([chunkOf("a"), chunkOf("b")], { end: "silence" }));
  const chunks = await pa.chat.completions.create({ ...ASK, stream: true });
  for await (const _ of chunks) break;
  expect((await failure(chunks.completion())).message).toContain("closed before its end");
  const stop = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
  const [, other] = await serve(stream([`${chunkOf("a")}${chunkOf("b")}${stop}data: [DONE]\n\n`]));
  const atOnce = await other.chat.completions.create({ ...ASK, stream: true });
  for await (const _ of atOnce) break;
  expect((await failure(atOnce.completion())).message).toContain("closed before its end");
});

test("leaving a deployment hangs up, and one that is never read does no harm", async () => {
  const [wire, pa] = await serve(stream([PROGRESS], { end: "silence" }));
  for await (const _ of pa.endpoints.deploy({ task: "t" })) break;
  await hungUp(wire.sockets[0]);
  pa.endpoints.deploy({ task: "" }); // Its error is nobody's.
  await wait(10);
});

test("an aborted call throws the reason, while it is sent and while it waits for a retry", async () => {
  const [, pa] = await serve(act.silence);
  await expect(pa.models.list({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: "TimeoutError" });
  const [wire, other] = await serve(answer({}, { status: "429 Too Many Requests", headers: { "retry-after": "30" } }));
  const controller = new AbortController();
  const reason = new Error("no more");
  const call = failure(other.models.list({ maxRetries: 2, signal: controller.signal }));
  while (wire.received.length === 0) await wait(5);
  await wait(50);
  controller.abort(reason);
  expect(await call).toBe(reason);
});

test("a call that is aborted while an error page is read throws the reason", async () => {
  const [wire, pa] = await serve(write("HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\nhalf"));
  const controller = new AbortController();
  const reason = new Error("no more");
  const call = failure(pa.models.list({ signal: controller.signal }));
  while (wire.received.length === 0) await wait(5);
  await wait(50);
  controller.abort(reason);
  expect(await call).toBe(reason);
});

test("a deployment is as silent as it likes, up to its deadline", async () => {
  const complete = 'event: complete\ndata: {"endpoint":{"id":"ep_9","status":"live"}}\n\n';
  const quiet: Step = async (socket) => {
    await wait(600);
    stream([complete])(socket);
  };
  const [, pa] = await serve(quiet, stream([PROGRESS], { end: "silence" }));
  expect((await pa.endpoints.deploy({ task: "t", wait: true }, { timeout: 100 })).isLive).toBe(true);
  const error = await failure(pa.endpoints.deploy({ task: "t", wait: true }, { deadline: 300 }));
  expect(error).toBeInstanceOf(sdk.APITimeoutError);
});

test("retries are limited to a share of the calls", async () => {
  const [wire, pa] = await serve(answer({ detail: "down" }, { status: "500 Oops", headers: { "retry-after": "0" } }));
  let last = new Error();
  for (let call = 0; call < 20; call++) last = await failure(pa.models.list({ maxRetries: 2 }));
  expect(wire.received.length).toBe(20 + 6);
  expect(last.message).toContain("Not retried: too many calls");
});

const CERTIFICATES = `
import trustme, sys
ca = trustme.CA()
for name in ("localhost", "other.example"):
    cert = ca.issue_cert(name)
    print(cert.private_key_and_cert_chain_pem.bytes().decode())
    print("====")
`;
test("a certificate that is not accepted is never tried again", async () => {
  const [pem = ""] = execFileSync(PYTHON, ["-c", CERTIFICATES], { encoding: "utf8" }).split("====");
  let connections = 0;
  const server = createTlsServer({ key: pem, cert: pem }, () => {});
  server.on("connection", () => connections++).on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const pa = new sdk.Pareta({ apiKey: KEY, baseUrl: `https://127.0.0.1:${port}` });
  const error = await failure(pa.models.list());
  expect(error).toBeInstanceOf(sdk.APIConnectionError);
  expect(error.message).toContain("TLS failed");
  expect(connections).toBe(1);
  server.close();
});

test("TLS to a port of plain HTTP is never tried again", async () => {
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.on("error", () => {}).once("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const pa = new sdk.Pareta({ apiKey: KEY, baseUrl: `https://127.0.0.1:${port}` });
  const error = await failure(pa.models.list());
  expect(error).toBeInstanceOf(sdk.APIConnectionError);
  expect(error.message).toContain("TLS failed");
  expect(connections).toBe(1);
  server.close();
});

test("the key is in no error, and in nothing that is printed", async () => {
  const { inspect } = await import("node:util");
  const [, pa] = await serve(
    answer({ detail: "no" }, { status: "401 Unauthorized" }),
    act.reset,
    (socket) => socket.end("junk\r\n\r\n"), // Without an end, Bun waits for more.
    answer("oops"),
  );
  const closed = new sdk.Pareta({ apiKey: KEY, baseUrl: "http://127.0.0.1:1", maxRetries: 0 });
  const printed: unknown[] = [pa, pa.models, pa.endpoints.metrics("a")];
  for (let call = 0; call < 4; call++) printed.push(await failure(pa.models.list()));
  printed.push(await failure(closed.models.list()));
  printed.push(await failure((async () => new sdk.Pareta({ apiKey: `${KEY}\nx` }))()));
  for (const each of printed) {
    const options = { depth: 20, showHidden: true, getters: true } as const;
    expect(inspect(each, options) + JSON.stringify(each) + String(each)).not.toContain(KEY);
  }
});
