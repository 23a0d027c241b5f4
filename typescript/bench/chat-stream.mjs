// CPU of a chat stream of 20,000 chunks, beside OpenAI's npm client and bare fetch: medians of interleaved rounds.
import { fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import OpenAI from "openai";
import { Pareta } from "pareta";

const CHUNKS = 20_000;
const ROUNDS = 9;
const CHUNK = `data: ${JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  created: 1768035600,
  model: "ep_a1b2c3",
  choices: [{ index: 0, delta: { content: " word" }, finish_reason: null }],
})}\n\n`;

function serve() {
  const server = createServer(async (request, response) => {
    for await (const _ of request);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let sent = 0; sent < CHUNKS; sent++) if (!response.write(CHUNK)) await once(response, "drain");
    response.write(CHUNK.replace("null", '"stop"'));
    response.end("data: [DONE]\n\n");
  });
  server.listen(0, "127.0.0.1", () =>
    process.send?.(/** @type {import("node:net").AddressInfo} */ (server.address()).port),
  );
}

/** @param {number} port @returns {Record<string, () => Promise<number>>} */
function contenders(port) {
  const origin = `http://127.0.0.1:${port}`;
  const pa = new Pareta({ apiKey: "pareta_sk_bench", baseUrl: origin });
  const openai = new OpenAI({ apiKey: "sk-bench", baseURL: `${origin}/v1` });
  /** @type {{ role: "user"; content: string }[]} */
  const messages = [{ role: "user", content: "Hi" }];
  return {
    async "bare fetch, unparsed"() {
      const body = JSON.stringify({ model: "ep_1", messages, stream: true });
      const response = await fetch(`${origin}/v1/chat/completions`, { method: "POST", body });
      const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
      let size = 0;
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) size += piece.value.length;
      return size;
    },
    async pareta() {
      let size = 0;
      const stream = await pa.chat.completions.create({ model: "ep_1", messages, stream: true });
      for await (const chunk of stream) size += chunk.choices[0]?.delta.content?.length ?? 0;
      return size;
    },
    async openai() {
      let size = 0;
      const stream = await openai.chat.completions.create({ model: "ep_1", messages, stream: true });
      for await (const chunk of stream) size += chunk.choices[0]?.delta.content?.length ?? 0;
      return size;
    },
  };
}

async function measure() {
  const server = fork(new URL(import.meta.url), ["serve"]);
  const [port] = await once(server, "message");
  const all = Object.entries(contenders(port));
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(all.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, run] of all) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      if (round) times[name]?.push((user + system) / CHUNKS); // The first round warms up.
    }
  }
  server.kill();
  const median = (/** @type {number[]} */ values) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
  for (const [name, values] of Object.entries(times)) {
    const ratio = median(values.map((value, round) => value / (times.openai?.[round] ?? 1)));
    console.log(`${name.padEnd(22)} ${median(values).toFixed(2)} µs a chunk   ${ratio.toFixed(2)} of openai`);
  }
}

if (process.argv[2] === "serve") serve();
else await measure();
