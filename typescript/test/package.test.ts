// What is published: its files, its size, and that it names no dependency.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { installed, ROOT } from "./installed.js";

const LIMIT = 12_000;

test("the package holds the compiled modules, their types, and what a reader needs", () => {
  const place = join(installed(), "node_modules/pareta");
  expect(readdirSync(place).sort()).toEqual(["LICENSE", "README.md", "dist", "package.json"]);
  const files = readdirSync(join(place, "dist"), { recursive: true, encoding: "utf8" });
  expect(files).toContain("index.js");
  expect(files).toContain("generated/schema.d.ts");
  expect(files.filter((name) => !/^generated$|\.(js|d\.ts)$/.test(name))).toEqual([]);
  const { dependencies, version } = JSON.parse(readFileSync(join(place, "package.json"), "utf8"));
  expect(dependencies).toBeUndefined();
  expect(readFileSync(join(ROOT, "../pareta/_version.py"), "utf8")).toContain(`"${version}"`);
});

test("the whole bundle is at most 12 kB, minified and gzipped", async () => {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "dist/index.js")],
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const size = gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length;
  expect(size).toBeLessThanOrEqual(LIMIT);
});

test("a minified bundle keeps the names of errors", async () => {
  const folder = installed();
  const contents =
    'import { NotFoundError, ParetaError, Pareta } from "pareta"; console.log(NotFoundError.prototype.name); try { new Pareta({ apiKey: "" }) } catch (e) { console.log(e.name, e instanceof ParetaError) }';
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
  });
  const printed = execFileSync(process.execPath, ["--input-type=module"], {
    input: outputFiles[0]?.text ?? "",
    encoding: "utf8",
  });
  expect(printed).toBe("NotFoundError\nParetaError true\n");
});

test("nothing of Node is imported, so that browsers and workers can load it", async () => {
  const { metafile } = await build({
    entryPoints: [join(ROOT, "dist/index.js")],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    metafile: true,
  });
  expect(Object.keys(metafile.inputs).filter((name) => !name.includes("dist/"))).toEqual([]);
});
