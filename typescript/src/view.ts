import { isObject } from "./error-bodies.js";
import { APIResponseError, unreadable } from "./errors.js";
import { camel } from "./names.js";
import type { APIResponse } from "./response.js";

type Raw = Record<string, unknown>;
/** A class of views. */
export type ViewClass<V = View> = {
  new (raw: unknown, response?: APIResponse | null, path?: string): V;
  prototype: object;
};
/** How a property is read: as a view that may be null or not, or a list of views or of raw JSON. */
type Reading = () => [ViewClass, boolean] | [ViewClass?]; // A function, since a class may be made later.

/**
 * A JSON object of a response, with typed properties.
 *
 * Reading does not fail when a newer server adds or omits fields. A field that is absent, null or of another scalar
 * type reads as null, a list as `[]`. `toJSON()` returns everything that the server sent.
 */
export class View<T extends object = object> {
  readonly #raw: Raw;
  readonly #response: APIResponse | null;
  readonly #path: string;
  #read: Record<string, unknown> | undefined;

  constructor(raw: unknown, response: APIResponse | null = null, path = "$") {
    this.#response = response;
    this.#path = path;
    if (!isObject(raw)) throw mismatch(path, "an object", raw, response);
    this.#raw = raw;
  }

  /** The server's JSON object. */
  toJSON(): T {
    return this.#raw as T;
  }

  /** The `x-request-id` of the response. */
  get requestId(): string | null {
    return this.#response?.requestId ?? null;
  }

  /** What Node, Deno and Bun print. */
  [Symbol.for("nodejs.util.inspect.custom")](): T {
    return this.toJSON();
  }

  /** Make a class of its properties by their names on the wire, in camelCase: of raw JSON, those of some types. */
  static of<V>(properties: Record<string, string | Reading>): ViewClass<V> {
    const view = class extends View {};
    const add = (key: string, get: (this: View) => unknown) =>
      Object.defineProperty(view.prototype, camel(key), { get });
    for (const [key, how] of Object.entries(properties)) {
      if (typeof how === "function") {
        add(key, function () {
          return this.#once(key, how);
        });
      } else {
        for (const each of how.split(" ")) {
          add(each, function () {
            const value = this.#raw[each];
            return key.includes(typeof value) ? value : null;
          });
        }
      }
    }
    return view as unknown as ViewClass<V>; // TypeScript cannot see the properties.
  }

  /** The view or views at a key, the same each time: of a list each, `[]` where there is none. */
  #once(key: string, how: Reading): unknown {
    this.#read ??= {};
    this.#read[key] ??= this.#nested(key, how);
    return this.#read[key];
  }

  #nested(key: string, how: Reading): unknown {
    const value = this.#raw[key] ?? null;
    const path = `${this.#path}.${key}`;
    const [Kind, nullable] = how();
    if (nullable === undefined) return viewsOf(Kind, value ?? [], this.#response, path);
    return nullable && value === null ? null : new (Kind as ViewClass)(value ?? {}, this.#response, path);
  }
}

/** Return the views of a list; without a class, its items as they are. */
export function viewsOf<V>(
  view: ViewClass<V> | undefined,
  raw: unknown,
  response: APIResponse | null,
  path = "$",
): V[] {
  if (!Array.isArray(raw)) throw mismatch(path, "an array", raw, response);
  return raw.map((item, index) => (view ? new view(item, response, `${path}[${index}]`) : item));
}

function mismatch(path: string, expected: string, found: unknown, response: APIResponse | null): APIResponseError {
  const said = `${path}: expected ${expected}, found ${JSON.stringify(found)?.slice(0, 50)}`;
  return response ? unreadable(`The response has another shape: ${said}`, response) : new APIResponseError(said);
}
