// Writes src/generated/ from the OpenAPI document, or with --check says how it differs. `make generate` runs it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";
import { parse } from "yaml";

/** @typedef {Record<string, any>} Json */

const HERE = dirname(fileURLToPath(import.meta.url));
const BANNER =
  "// Generated from openapi/pareta.yaml by typescript/generate.mjs. Do not edit: run `make generate`.\n\n";
const { values: options } = parseArgs({
  options: {
    check: { type: "boolean" },
    spec: { type: "string", default: join(HERE, "../openapi/pareta.yaml") },
    output: { type: "string", default: join(HERE, "src/generated") },
  },
});
/** @type {Json} */
const document = parse(readFileSync(options.spec, "utf8"));
/** @type {Json} */
const schemas = document.components.schemas;

/** @param {Json} ref */
const nameOf = (ref) => ref.$ref.split("/").pop();
/** @param {Json | undefined} schema @returns {Json} */
const resolved = (schema) => (schema?.$ref ? schemas[nameOf(schema)] : (schema ?? {}));
/** @param {string} name */
const camel = (name) => name.replace(/_([a-z0-9])/g, (_, letter) => letter.toUpperCase());
/** @param {string | undefined} text @param {string} indent */
const comment = (text, indent = "") => (text ? `${indent}/** ${text.trim().replaceAll("*/", "*\\/")} */\n` : "");

/** All operations, with their path and method. @returns {(Json & { path: string; method: string })[]} */
function operations() {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    ["get", "put", "post", "delete", "patch"]
      .filter((method) => item[method])
      .map((method) => ({
        ...item[method],
        path,
        method,
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((each) =>
          each.$ref ? document.components.parameters[nameOf(each)] : each,
        ),
      })),
  );
}

/** The events of an operation's stream: name, schema of the data, the data that is no JSON. @param {Json} operation */
function events(operation) {
  const schema = operation.responses["200"]?.content?.["text/event-stream"]?.schema;
  return (schema?.oneOf ?? (schema ? [schema] : [])).map((/** @type {Json} */ each) => {
    const { properties, ...event } = resolved(each);
    return {
      name: properties.event?.const,
      data: properties.data.contentSchema && nameOf(properties.data.contentSchema),
      done: properties.data.const,
      terminal: event["x-terminal"] === true,
    };
  });
}

/** Fields that errors have too, whatever the document declares. */
const VAGUE = new Set("code detail message object request_id status success type".split(" "));

/**
 * The fields by which an answer is told from an error: those that the document declares. There are none for a
 * completion, which may hold an error beside them.
 *
 * @param {Json} operation
 */
function answerFields(operation) {
  const { properties = {} } = resolved(operation.responses["200"]?.content?.["application/json"]?.schema);
  return properties.choices ? [] : Object.keys(properties).filter((name) => !VAGUE.has(name));
}

/** What calls need to know of each operation, in texts for the bundle's size, and the types of named events. */
function operationsModule() {
  let table = "";
  let types = "";
  for (const operation of operations()) {
    const { properties = {}, required = [] } = resolved(operation.requestBody?.content["application/json"]?.schema);
    const sent = Object.entries(properties).filter(([, each]) => each["x-send-default"]);
    const stream = events(operation);
    const json = operation.responses["200"]?.content?.["application/json"];
    const query = operation.parameters
      .filter((/** @type {Json} */ each) => each.in === "query" && each.schema.type !== "object")
      .map((/** @type {Json} */ each) => each.name);
    const facts = {
      request: `${operation.method.toUpperCase()} ${operation.path}`,
      takes: (operation.requestBody ? Object.keys(properties) : query).join(" "),
      required: [...required, ...sent.map(([name]) => name)].join(" "),
      defaults: Object.fromEntries(sent.map(([name, each]) => [name, each.default])),
      answers: answerFields(operation).join(" "),
      key: operation.parameters.some((/** @type {Json} */ each) => each.name === "Idempotency-Key"),
      empty: !json && !stream.length,
      streams: !json && stream.length > 0,
      ends: stream
        .filter((/** @type {Json} */ each) => each.terminal)
        .map((/** @type {Json} */ each) => each.name)
        .join(" "),
      done: stream.find((/** @type {Json} */ each) => each.done)?.done,
    };
    const told = Object.entries(facts).filter(([, value]) =>
      typeof value === "object" ? Object.keys(value).length : value,
    );
    table += `  ${operation.operationId}: ${JSON.stringify(Object.fromEntries(told))},\n`;
    const named = stream.filter((/** @type {Json} */ each) => each.name && each.data);
    if (named.length) {
      types += `  ${operation.operationId}:\n`;
      for (const each of named)
        types += `    | { event: ${JSON.stringify(each.name)}; data: Schemas["${each.data}"] }\n`;
      types = types.replace(/\n$/, ";\n");
    }
  }
  return (
    'import type { components } from "./schema.js";\n\n' +
    'type Schemas = components["schemas"];\n\n' +
    "/** What calls need to know of each operation. */\n" +
    `export const OPERATIONS = {\n${table}} as const;\n\n` +
    `/** The named events of each stream. */\nexport interface StreamEvents {\n${types}}\n`
  );
}

/**
 * The type of a property of a view, and how it is read: see `View.of`.
 *
 * @param {Json} schema @param {boolean} required @param {string} raw The type of the raw JSON.
 */
function reading(schema, required, raw) {
  const one = schema.anyOf?.find((/** @type {Json} */ each) => each.$ref) ?? schema;
  const name = one.$ref && nameOf(one);
  if (VIEWS.includes(name))
    return required && !schema.anyOf
      ? { type: name, how: `[${name}, false]` }
      : { type: `${name} | null`, how: `[${name}, true]` };
  if ([schema.type].flat().includes("array")) {
    const item = schema.items?.$ref && nameOf(schema.items);
    return VIEWS.includes(item) ? { type: `${item}[]`, how: `[${item}]` } : { type: `NonNullable<${raw}>`, how: "[]" };
  }
  const types = [...new Set(typesOf(schema))].sort().join(" ");
  if (types.includes("object")) return { type: `NonNullable<${raw}> | null`, types };
  if (types === "string" && name) return { type: `Schemas["${name}"] | (string & {}) | null`, types };
  const words = schema.enum?.map((/** @type {string} */ each) => `${JSON.stringify(each)} | `).join("");
  if (types === "string" && words) return { type: `${words}(string & {}) | null`, types };
  return { type: `${types.replaceAll(" ", " | ")} | null`, types };
}

/** What `typeof` says of the values of a schema. @param {Json} schema @returns {string[]} */
function typesOf(schema) {
  if (schema.$ref) return typesOf(schemas[nameOf(schema)]);
  const parts = schema.anyOf ?? schema.oneOf;
  if (parts) return parts.flatMap(typesOf);
  return [schema.type ?? ["boolean", "number", "object", "string"]]
    .flat()
    .filter((type) => type !== "null")
    .map((type) => ({ integer: "number", array: "object" })[/** @type {string} */ (type)] ?? type);
}

/** The names of the schemas that are read as views: those of JSON responses and of chunks, and what they hold. */
function viewNames() {
  /** @type {Set<string>} */
  const names = new Set();
  const add = (/** @type {Json | undefined} */ schema) => {
    if (!schema) return;
    for (const each of [schema, schema.items, ...(schema.anyOf ?? [])]) {
      if (!each?.$ref || names.has(nameOf(each))) continue;
      const found = schemas[nameOf(each)];
      if (found.type !== "object" || !found.properties || found["x-representation"] === "mapping") continue;
      names.add(nameOf(each));
      Object.values(found.properties).forEach(add);
    }
  };
  for (const operation of operations()) {
    add(operation.responses["200"]?.content?.["application/json"]?.schema);
    for (const each of events(operation)) if (!each.name && each.data) add({ $ref: `#/${each.data}` });
  }
  return [...names].sort();
}
const VIEWS = viewNames();

/** A class for each object that users read. */
function viewsModule() {
  let classes = "";
  for (const name of VIEWS) {
    const about = comment(schemas[name].description);
    classes += `\n${about}export interface ${name} extends View<Schemas["${name}"]> {\n`;
    /** @type {Record<string, string[]>} */
    const raw = {};
    let nested = "";
    for (const [key, schema] of Object.entries(schemas[name].properties)) {
      const { type, types, how } = reading(
        schema,
        schemas[name].required?.includes(key),
        `Schemas["${name}"]["${key}"]`,
      );
      classes += comment(schema.description ?? (schema.$ref && schemas[nameOf(schema)].description), "  ");
      classes += `  readonly ${camel(key)}: ${type};\n`;
      if (types) raw[types] = [...(raw[types] ?? []), key];
      else nested += ` ${key}: () => ${how},`;
    }
    classes += "}\n";
    for (const [types, keys] of Object.entries(raw))
      nested += ` ${types.includes(" ") ? `"${types}"` : types}: ${JSON.stringify(keys.join(" "))},`;
    classes += `export const ${name}: ViewClass<${name}> = View.of({${nested} });\n`;
  }
  return (
    'import { View, type ViewClass } from "../view.js";\nimport type { components } from "./schema.js";\n\n' +
    `type Schemas = components["schemas"];\n${classes}`
  );
}

/** The types of requests and responses as they are on the wire. */
async function schemaModule() {
  const { factory, SyntaxKind } = ts;
  const word = (/** @type {ts.KeywordTypeSyntaxKind} */ kind) => factory.createKeywordTypeNode(kind);
  const text = await openapiTS(/** @type {import("openapi-typescript").OpenAPI3} */ (document), {
    defaultNonNullable: false,
    transform(schema) {
      // A text that must not be empty may come from a view, which may have none. It is checked when the call is made.
      if (schema.type === "string" && "minLength" in schema && schema.minLength && !("pattern" in schema)) {
        const nothing = [word(SyntaxKind.UndefinedKeyword), factory.createLiteralTypeNode(factory.createNull())];
        return factory.createUnionTypeNode([word(SyntaxKind.StringKeyword), ...nothing]);
      }
      const accepts = /** @type {Json} */ (schema)["x-accepts"];
      if (!accepts) return undefined;
      const views = accepts.map((/** @type {string} */ name) =>
        factory.createImportTypeNode(
          factory.createLiteralTypeNode(factory.createStringLiteral("./views.js")),
          undefined,
          factory.createIdentifier(name),
        ),
      );
      const item = factory.createTypeReferenceNode(
        `components["schemas"]["${nameOf(/** @type {Json} */ (schema).items)}"]`,
      );
      return factory.createArrayTypeNode(
        factory.createParenthesizedType(factory.createUnionTypeNode([item, ...views])),
      );
    },
  });
  return astToString(text);
}

/** @type {Record<string, string>} */
const modules = {
  "schema.ts": await schemaModule(),
  "views.ts": viewsModule(),
  "operations.ts": operationsModule(),
};
if (!process.argv.some((each) => each.startsWith("--output"))) {
  // The version stands in the Python package.
  const version = /__version__ = "(.*)"/.exec(readFileSync(join(HERE, "../pareta/_version.py"), "utf8"))?.[1];
  modules["version.ts"] = `export const VERSION = "${version}";\n`;
  modules["../../package.json"] = readFileSync(join(HERE, "package.json"), "utf8").replace(
    /"version": ".*"/,
    `"version": "${version}"`,
  );
}
mkdirSync(options.output, { recursive: true });
for (const [name, text] of Object.entries(modules)) {
  const file = join(options.output, name);
  const whole = name.endsWith(".ts") ? BANNER + text : text;
  if (existsSync(file) && readFileSync(file, "utf8") === whole) continue;
  if (options.check) {
    process.stderr.write(`typescript/src/generated/${name} does not match the document: run \`make generate\`\n`);
    process.exitCode = 1;
  } else writeFileSync(file, whole);
}
