// The package as users have it: packed, and unpacked into a folder outside.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Return a new folder whose node_modules has the package. */
export function installed(): string {
  const folder = mkdtempSync(join(tmpdir(), "pareta-"));
  const place = join(folder, "node_modules/pareta");
  mkdirSync(place, { recursive: true });
  const options = { cwd: ROOT, encoding: "utf8" } as const;
  const command = ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder];
  const tarball = join(folder, execFileSync("npm", command, options).trim());
  execFileSync("tar", ["xzf", tarball, "--strip-components=1", "-C", place]);
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  return folder;
}
