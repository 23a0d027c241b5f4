// A changed document changes both SDKs; `make generate` runs both generators.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ROOT } from "./installed.js";
import { PYTHON } from "./sandbox.js";

const folder = mkdtempSync(join(tmpdir(), "pareta-"));
const spec = join(folder, "changed.yaml");
const mine = join(folder, "src/generated");
const theirs = join(folder, "changed_generated");

beforeAll(() => {
  const document = parse(readFileSync(join(ROOT, "../openapi/pareta.yaml"), "utf8"));
  const { paths, components } = document;
  components.schemas.Endpoint.properties.warm_replicas = { type: "integer", description: "How many are warm." };
  components.schemas.DeployRequest.properties.budget = { type: "integer", description: "The most to spend." };
  paths["/v1/endpoints/{endpoint_id}/uptime"].parameters.push({
    name: "resolution",
    in: "query",
    description: "How fine.",
    schema: { type: "string" },
    examples: { fine: { summary: "Fine", value: "1m" } },
  });
  const counts = { type: "object", additionalProperties: { type: "integer" }, description: "Counts by name." };
  components.schemas.Totals = counts;
  Object.assign(components.schemas.Task.properties, {
    tags: { type: "array", items: { type: "string" }, description: "Its tags." },
    labels: { type: "object", additionalProperties: { type: "string" }, description: "Its labels." },
    states: { type: "array", items: { $ref: "#/components/schemas/EndpointStatus" }, description: "Each state." },
    version: { anyOf: [{ type: "string" }, { type: "integer" }], description: "Its version." },
    totals: { $ref: "#/components/schemas/Totals", description: "What it cost." },
  });
  const start = structuredClone(paths["/v1/endpoints/{endpoint_id}/start"]);
  start.post.operationId = "pause_endpoint";
  const reason = { type: "object", required: ["reason"], properties: { reason: { type: "string" } } };
  start.post.requestBody = { required: true, content: { "application/json": { schema: reason } } };
  paths["/v1/endpoints/{endpoint_id}/pause"] = start;
  components.schemas.DeployQueued = {
    type: "object",
    description: "A deployment waits.",
    required: ["place"],
    properties: { place: { type: "integer", description: "Its place." } },
  };
  components.schemas.DeployQueuedEvent = structuredClone(components.schemas.DeployProgressEvent);
  Object.assign(components.schemas.DeployQueuedEvent.properties, {
    event: { type: "string", const: "queued", description: "The event's name." },
    data: {
      ...components.schemas.DeployProgressEvent.properties.data,
      contentSchema: { $ref: "#/components/schemas/DeployQueued" },
    },
  });
  const events = paths["/v1/endpoints"].post.responses["200"].content["text/event-stream"].schema.oneOf;
  events.push({ $ref: "#/components/schemas/DeployQueuedEvent" });
  writeFileSync(spec, stringify(document, { aliasDuplicateObjects: false }));
  cpSync(join(ROOT, "src"), join(folder, "src"), { recursive: true });
  execFileSync(process.execPath, ["generate.mjs", "--spec", spec, "--output", mine], { cwd: ROOT });
  execFileSync(PYTHON, ["-m", "generator", "--spec", spec, "--output", theirs], { cwd: join(ROOT, "..") });
});

const read = (place: string) =>
  readdirSync(place)
    .map((name) => readFileSync(join(place, name), "utf8"))
    .join("\n");

test.for([
  ["a field", "readonly warmReplicas: number | null;", "def warm_replicas("],
  ["a field of a request", "budget?: number;", "budget: int"],
  ["a parameter", '"takes":"window resolution"', "resolution: str"],
  ["an operation", "pause_endpoint: {", "def pause_endpoint("],
  ["a body that has no name", '"takes":"reason","required":"reason"', "reason: str"],
  ["an event", '{ event: "queued"; data: Schemas["DeployQueued"] }', '"queued": '],
] as const)("%s of the document is in both SDKs", ([, inTypeScript, inPython]) => {
  expect(read(mine)).toContain(inTypeScript);
  expect(read(theirs)).toContain(inPython);
});

test("fields of any form are read, and the whole of the changed SDK compiles", async () => {
  for (const name of ["tsconfig.json", "tsconfig.build.json", "package.json"])
    cpSync(join(ROOT, name), join(folder, name));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["-p", "tsconfig.build.json"], { cwd: folder });
  const { Task } = await import(join(folder, "dist/generated/views.js"));
  const raw = { tags: ["a"], labels: { a: "b" }, states: ["live"], version: 5, totals: { requests: 1 } };
  expect(new Task(raw)).toMatchObject(raw);
  expect(new Task({ ...raw, version: "5", labels: "b" })).toMatchObject({ version: "5", labels: null });
  expect(new Task({})).toMatchObject({ tags: [], labels: null, states: [], version: null, totals: null });
  expect(() => new Task({ tags: "a" }).tags).toThrow("$.tags: expected an array");
});

test("the same document gives the same bytes, and the check tells what differs", () => {
  const check = ["generate.mjs", "--check", "--spec", spec, "--output", mine];
  expect(spawnSync(process.execPath, check, { cwd: ROOT }).status).toBe(0);
  writeFileSync(join(mine, "views.ts"), "// Old.\n");
  const { status, stderr } = spawnSync(process.execPath, check, { cwd: ROOT, encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("views.ts")]);
});
