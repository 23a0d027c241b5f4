// The examples of the public documentation: their types are checked in strict mode, and each runs as it stands.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Pareta } from "pareta";
import ts from "typescript";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installed, ROOT } from "./installed.js";
import { type Sandbox, startSandbox } from "./sandbox.js";

const EXAMPLES = fileURLToPath(new URL("pages/examples/", import.meta.url));
const HERE = installed(); // A folder outside, with the package as users have it.
const PRELUDE = 'import { Pareta } from "pareta";\nconst pa = Pareta.fromEnv();\n';

let sandbox: Sandbox;
let pa: Pareta;
beforeAll(async () => {
  sandbox = await startSandbox();
  pa = new Pareta({ apiKey: sandbox.env.PARETA_API_KEY, baseUrl: sandbox.env.PARETA_BASE_URL });
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(HERE, { recursive: true });
});

const read = (name: string) => readFileSync(join(EXAMPLES, `${name}.ts`), "utf8");

/** Code with a mistake in each line, which must not compile. */
const MISTAKES = [
  'await pa.endpoints.deploy({ model: "qwen-2", wait: true });', // No task.
  'const ep: string = await pa.endpoints.deploy({ task: "t", wait: true });',
  'for await (const ev of pa.endpoints.deploy({ task: "t", wait: true })) ev;', // A promise.
  'await pa.chat.completions.create({ model: "m" });', // No messages.
  'await pa.chat.completions.create({ model: "m", messages: [{ role: "nobody", content: "" }] });',
  '(await pa.chat.completions.create({ model: "m", messages: [] })).text;', // No stream.
  "(await pa.models.list())[0];",
  'await pa.models.list({ timeout: "5" });',
  "new Pareta({ base_url: '' });",
];

/** The TypeScript of our own pages. */
const GUIDES = ["../../docs/typescript.md", "../README.md"].flatMap((page) =>
  [...readFileSync(new URL(page, import.meta.url), "utf8").matchAll(/^```ts\n(.*?)^```/gms)].map(
    (match) => match[1] ?? "",
  ),
);

/** All programs of this file. */
function programs(): Record<string, string> {
  const all: Record<string, string> = {};
  for (const name of Object.keys(CASES)) all[name] = (read(name).includes("import {") ? "" : PRELUDE) + read(name);
  const signature = read("deploy_signature")
    .replace("endpoints.deploy(", "type Documented = (")
    .replace("}):", "}) =>");
  const compared = `${signature};\nexport const deploy: Documented = pa.endpoints.deploy;\n`;
  all.signature = `import type { Endpoint } from "pareta";\n${PRELUDE}${compared}`;
  GUIDES.forEach((text, index) => {
    all[`guide${index}`] = (text.includes("fromEnv()") ? "" : PRELUDE) + text;
  });
  MISTAKES.forEach((text, index) => {
    all[`mistake${index}`] = `${PRELUDE}${text}\n`;
  });
  return all;
}

/** Check the types of all programs as a strict user's compiler does, and write their JavaScript. */
const compiled = (() => {
  let found: string[] | undefined;
  return () => {
    found ??= compile();
    return found;
  };
})();

function compile(): string[] {
  const files = Object.entries(programs()).map(([name, text]) => {
    const file = join(HERE, `${name}.ts`);
    writeFileSync(file, `${text}export {};\n`);
    return file;
  });
  const program = ts.createProgram(files, {
    strict: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    types: ["node"],
    typeRoots: [join(ROOT, "node_modules/@types")],
    rootDir: HERE,
    outDir: HERE,
  });
  const found = [...ts.getPreEmitDiagnostics(program), ...program.emit().diagnostics];
  return found.map((each) => `${each.file?.fileName}: ${ts.flattenDiagnosticMessageText(each.messageText, "\n")}`);
}

/** Run a compiled example; return what it printed. */
async function run(name: string): Promise<string[]> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(HERE, `${name}.js`)], {
    env: { ...process.env, ...sandbox.env },
  });
  expect(stderr).toBe("");
  return stdout.split("\n").slice(0, -1);
}

/** What each example must show, in an order in which one sandbox serves them all. */
const CASES: Record<string, (lines: string[]) => unknown> = {
  client: (lines) => expect(lines).toEqual([]),
  deploy: (lines) => expect(lines.join()).toMatch(/^ep_\w+ live http:\/\/127\.0\.0\.1:\d+\/v1$/),
  deploy_and_wait: ([id, model, url, answer]) => {
    expect(id).toMatch(/^ep_/);
    expect(model).toBe("qwen-2");
    expect(url).toContain(sandbox.env.PARETA_BASE_URL);
    expect(answer).toBeTruthy();
  },
  deploy_progress: (lines) => {
    // Bun prints objects over several lines, with double quotes.
    expect(lines.join(" ")).toMatch(/^progress: \{\s+stage: ['"].+['"],\s+pct: \d+,?\s+\}/);
    expect(lines.join()).toContain("live: {");
    expect(lines.join()).toMatch(/status: ['"]live['"]/);
  },
  list_and_retrieve: (lines) => {
    expect(lines).toContain("ep_a1b2c3 live contract-key-fields qwen-2");
    expect(lines).toContain("ep_d4e5f6 stopped invoice-fields llama-1");
    expect(lines.at(-1)).toMatch(/^true http/);
  },
  metrics: (lines) => expect(lines).toEqual([]),
  end_to_end: (lines) => {
    expect(lines[0]).toMatch(/^live: ep_\w+ serving qwen-2$/);
    expect(lines.join()).toContain("spend_micro_usd: 210");
  },
  async_endpoints: (lines) => {
    expect(lines[0]).toBe("live: {");
    expect(lines.join()).toContain("p50_ms");
  },
  start_and_wait: async () => expect((await pa.endpoints.retrieve("ep_a1b2c3")).isLive).toBe(true),
  stop_start_delete: async () => expect((await pa.endpoints.list()).map((each) => each.id)).not.toContain("ep_a1b2c3"),
};

test("every example is a case, and they and the signature of deploy compile in strict mode", () => {
  const names = readdirSync(EXAMPLES).filter((name) => name.endsWith(".ts"));
  expect(names.sort()).toEqual([...Object.keys(CASES), "deploy_signature"].map((name) => `${name}.ts`).sort());
  expect(compiled().filter((each) => !each.includes("mistake"))).toEqual([]);
});

test.for(GUIDES.map((_, index) => `guide${index}`))("%s of our own pages runs as it stands", async (name) => {
  compiled();
  await run(name);
});

test.for(Object.entries(CASES))("the example %s runs as it stands", async ([name, check]) => {
  compiled();
  if (name === "start_and_wait") await pa.endpoints.stop("ep_a1b2c3");
  await check(await run(name));
});

test("user code that is wrong does not compile", () => {
  const missed = MISTAKES.filter((_, index) => !compiled().some((each) => each.includes(`mistake${index}.ts`)));
  expect(missed).toEqual([]);
});
