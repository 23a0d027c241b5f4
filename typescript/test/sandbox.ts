// The real sandbox, a process on a port of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** The Python that has the sandbox; `make ts-test` names it. */
export const PYTHON = process.env.PARETA_PYTHON ?? `${ROOT}.venv/bin/python`;

export interface Sandbox {
  env: { PARETA_BASE_URL: string; PARETA_API_KEY: string };
  stop(): Promise<void>;
}

export async function startSandbox(...options: string[]): Promise<Sandbox> {
  const command = ["-m", "pareta.sandbox", "--port", "0", "--pace", "0", "--seed", "7", ...options];
  const child: ChildProcess = spawn(PYTHON, command, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const piece of child.stdout ?? []) {
    text += piece;
    if (text.includes("Ctrl-C")) break;
  }
  const read = (name: string) => new RegExp(`export ${name}=(\\S+)`).exec(text)?.[1] ?? "";
  return {
    env: { PARETA_BASE_URL: read("PARETA_BASE_URL"), PARETA_API_KEY: read("PARETA_API_KEY") },
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}
