import { VERSION } from "./generated/version.js";
import { words } from "./names.js";
import { type OperationId, operationOf } from "./operations.js";
import { type CallOptions, checkHeaders } from "./options.js";

/** The arguments of an operation. */
export interface Parts {
  path?: Record<string, string | null | undefined>;
  query?: object;
  body?: object;
}

/** A request without its key; each attempt sends the same one. */
export interface Prepared {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** What each request of a client has in common. */
export interface Common {
  readonly baseUrl: string;
  readonly headers: Record<string, string>;
  readonly query: Record<string, unknown>;
}

/** Return the request of a call. Throws TypeError for an argument that is missing or malformed. */
export function prepare(
  common: Common,
  id: OperationId,
  parts: Parts,
  options: CallOptions,
  streams: boolean,
): Prepared {
  const operation = operationOf(id);
  const [method = "", template = ""] = words(operation.request);
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => segment(name, parts.path?.[name]));
  const headers: Record<string, string> = {
    "user-agent": `pareta-typescript/${VERSION}`,
    accept: streams ? "text/event-stream" : "application/json",
  };
  if (streams) headers["accept-encoding"] = "identity";
  let body: string | undefined;
  if (parts.body) {
    body = encode(fieldsOf(operation.defaults, words(operation.required), parts.body, options.body));
    headers["content-type"] = "application/json";
  } else if (options.body) throw new TypeError(`the option body: ${id} has no body; use the option query`);
  if (operation.key) headers["idempotency-key"] = options.idempotencyKey ?? randomKey();
  else if (options.idempotencyKey !== undefined) throw new TypeError(`idempotencyKey: a ${method} takes none`);
  Object.assign(headers, common.headers, checkHeaders(options.headers));
  const query = queryString({ ...common.query, ...given(parts.query), ...options.query });
  return { method, url: common.baseUrl + path + query, headers, body };
}

/** Return one segment of a path. Throws where it is missing, or would name another resource. */
export function segment(name: string, value: unknown): string {
  checkFilled(name, value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: They are what is refused.
  if (typeof value !== "string" || /^\.\.?$|[\x00-\x1f\x7f]/.test(value)) {
    throw new TypeError(`${name} is not allowed in a URL path: ${JSON.stringify(value)}`);
  }
  return encodeURIComponent(value);
}

function fieldsOf(defaults: object | undefined, required: readonly string[], body: object, extra: object = {}): object {
  const all: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(body)) if (value !== undefined) all[name] = value;
  for (const name of required) checkFilled(name, all[name]);
  const fields = given(all);
  for (const name in extra) if (name in fields) throw new TypeError(`${name} is given twice: also in the option body`);
  return { ...fields, ...extra };
}

function checkFilled(name: string, value: unknown): void {
  const wrong = value == null ? `${value}` : (value as { length?: number }).length === 0 && "empty";
  if (wrong) throw new TypeError(`${name} is ${wrong}`);
}

/** Return the fields that are neither null nor undefined. */
function given(fields: object = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null));
}

function encode(body: object): string {
  return JSON.stringify(body, (name, value: unknown) => {
    if (typeof value !== "number" || Number.isFinite(value)) return value;
    throw new TypeError(`the body cannot be sent as JSON: ${name} is ${value}`);
  });
}

function queryString(query: object): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const item of [value].flat()) {
      if (item === undefined || item === null) continue;
      const sent = item instanceof Date ? item.toISOString() : item;
      if (!(/^(string|boolean|bigint)$/.test(typeof sent) || Number.isFinite(sent)))
        throw new TypeError(`${name} cannot be sent as a parameter: pass text, numbers or a list`);
      search.append(name, sent as string); // It makes a text of any of them.
    }
  }
  return search.size ? `?${search}` : "";
}

function randomKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}
