// A changed document changes both SDKs; `make generate` runs both generators.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { ROOT } from "./installed.js";
import { PYTHON } from "./sandbox.js";

const folder = mkdtempSync(join(tmpdir(), "pareta-"));
const spec = join(folder, "changed.yaml");
const mine = join(folder, "typescript");
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
  const start = structuredClone(paths["/v1/endpoints/{endpoint_id}/start"]);
  start.post.operationId = "pause_endpoint";
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
  ["a parameter", '"resolution"', "resolution: str"],
  ["an operation", "pause_endpoint: {", "def pause_endpoint("],
  ["an event", '{ event: "queued"; data: Schemas["DeployQueued"] }', '"queued": '],
] as const)("%s of the document is in both SDKs", ([, inTypeScript, inPython]) => {
  expect(read(mine)).toContain(inTypeScript);
  expect(read(theirs)).toContain(inPython);
});

test("the same document gives the same bytes, and the check tells what differs", () => {
  const check = ["generate.mjs", "--check", "--spec", spec, "--output", mine];
  expect(spawnSync(process.execPath, check, { cwd: ROOT }).status).toBe(0);
  writeFileSync(join(mine, "views.ts"), "// Old.\n");
  const { status, stderr } = spawnSync(process.execPath, check, { cwd: ROOT, encoding: "utf8" });
  expect([status, stderr]).toEqual([1, expect.stringContaining("views.ts")]);
});
