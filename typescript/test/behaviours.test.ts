// The table of behaviours that both SDKs share, run against a server of raw bytes.
import { readFileSync } from "node:fs";
import { STATUS_CODES } from "node:http";
import * as sdk from "pareta";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { act, answer, type Step, stream, Wire } from "./wire.js";

/** biome-ignore lint/suspicious/noExplicitAny: A row is what the table says. */
type Row = Record<string, any>;

const table: Row[] = parse(readFileSync(new URL("../../tests/shared/behaviours.yaml", import.meta.url), "utf8"), {
  maxAliasCount: -1,
});
const rows = table.map((row) => ({ ...row, ...row.typescript })) as Row[];
/** Methods that take parameters before their options. */
const WITH_PARAMS = /^(chat\.create|endpoints\.deploy|endpoints\.metrics\..*|tasks\.(retrieve|match))$/;
const SECONDS = ["timeout", "deadline", "poll_interval"];

let wire: Wire;
afterEach(() => wire.close());

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

function step(row: Row): Step {
  const { headers } = row;
  if (row.act) return act[row.act as keyof typeof act];
  if (row.raw) return (socket) => socket.write(row.raw);
  if (row.stream) {
    const pieces: Buffer[] = row.stream.map((text: string) => Buffer.from(text));
    const bytes = [...Buffer.concat(pieces)].map((byte) => Buffer.from([byte]));
    return stream(row.split ? bytes : pieces, { end: row.end, headers });
  }
  const status = row.status ?? 200;
  const deep = row.deep && `{"data": ${"[".repeat(row.deep)}${"]".repeat(row.deep)}}`;
  const body = row.base64 ? Buffer.from(row.base64, "base64") : (row.json ?? row.text ?? deep ?? "");
  return answer(body, { status: `${status} ${STATUS_CODES[status]}`, headers, length: row.length });
}

function optionsOf(given: Row = {}): Row {
  const named = Object.entries(given).map(([name, value]) => [
    camel(name),
    SECONDS.includes(name) ? value * 1000 : value,
  ]);
  return Object.fromEntries(named);
}

async function resultOf(row: Row): Promise<unknown> {
  const { base_url = "", ...rest } = row.client ?? {};
  const baseUrl = base_url.includes("://") ? base_url : wire.url + base_url;
  const pa = new sdk.Pareta({ apiKey: "pareta_sk_test_9f8e7d", baseUrl, ...optionsOf(rest) });
  const names: string[] = row.call.replace("chat.", "chat.completions.").split(".");
  let args = [...(row.args ?? [])];
  // biome-ignore lint/suspicious/noExplicitAny: The table names the methods.
  let at: any = pa;
  if (row.call.startsWith("endpoints.metrics.")) {
    at = pa.endpoints.metrics(...(args as [string]));
    args = [];
  } else for (const name of names.slice(0, -1)) at = at[camel(name)];
  if (WITH_PARAMS.test(row.call)) args.push(row.params ?? {});
  const result = await at[camel(names.at(-1) as string)](...args, optionsOf(row.options));
  if (row.takes === "completion") return result.completion();
  if (!row.takes) return result;
  const items = [];
  for await (const each of row.takes === "text" ? result.text : result) items.push(each);
  return items;
}

function read(value: unknown, path: string): unknown {
  // biome-ignore lint/suspicious/noExplicitAny: The table names the properties.
  return path.split(".").reduce((at: any, name) => at[camel(name)], value);
}

function checkError(expected: Row, error: unknown): void {
  const Kind = expected.is === "argument" ? TypeError : Object.entries(sdk).find(([name]) => name === expected.is)?.[1];
  expect(error).toBeInstanceOf(Kind);
  expect((error as Error).message).toContain(expected.says ?? "");
  for (const [name, value] of Object.entries(expected)) {
    if (name !== "is" && name !== "says") expect((error as Row)[camel(name)], name).toEqual(value);
  }
}

function checkRequests(row: Row): void {
  if (row.sends === "any") return;
  const expected: Row[] = row.sends ?? [{ count: row.answers?.length ?? 0 }];
  expect(wire.received.length).toBe(expected.reduce((sum, each) => sum + (each.count ?? 1), 0));
  expected.forEach((each, index) => {
    const request = wire.received[index];
    if (!request) return;
    expect(request).toMatchObject(
      Object.fromEntries(["method", "target"].filter((key) => each[key]).map((key) => [key, each[key]])),
    );
    expect(request.headers).toMatchObject(each.headers ?? {});
    if ("body" in each) expect(request.body ? JSON.parse(request.body) : null).toEqual(each.body);
  });
  const keys = new Set(wire.received.map((request) => request.headers["idempotency-key"]));
  if (row.same_key) expect([keys.size, keys.has(undefined as never)]).toEqual([1, false]);
}

test.for(rows.map((row) => [row.name, row] as const))("%s", async ([, row]) => {
  wire = await Wire.start(...(row.answers ?? []).map(step));
  const begun = performance.now();
  let failed: unknown;
  try {
    const value = await resultOf(row);
    if ("returns" in row) expect(JSON.parse(JSON.stringify(value ?? null))).toEqual(row.returns);
    for (const [path, wanted] of Object.entries(row.reads ?? {})) expect(read(value, path), path).toEqual(wanted);
  } catch (error) {
    failed = error;
  }
  const seconds = (performance.now() - begun) / 1000;
  if (failed && !row.error) throw failed;
  if (row.error) checkError(row.error, failed);
  expect(seconds).toBeGreaterThanOrEqual(row.least ?? 0);
  expect(seconds).toBeLessThan(row.most ?? 10);
  checkRequests(row);
});
