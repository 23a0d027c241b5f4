import { isObject } from "./error-bodies.js";

type Json = Record<string, unknown>;
interface Choice {
  message: Json;
  fields: Json;
}

/** Texts that are sent whole, and by some servers again, empty. */
const WHOLE = new Set(["id", "type", "name"]);

/**
 * Accumulates chunks into the completion that the request would have had without `stream`.
 *
 * Texts, lists and tool calls grow, and of any other field the last value counts, so that fields of newer servers are
 * kept.
 */
export class ChatAccumulator {
  readonly #head: Json = {};
  readonly #choices: Record<number, Choice> = {}; // Such keys are in order.

  /** Take a chunk, as raw JSON. Throws where it has another shape. */
  add(raw: unknown): void {
    const chunk = object(raw);
    for (const choice of list(chunk.choices)) {
      const at = index(choice.index ?? 0);
      this.#choices[at] ??= { message: {}, fields: {} };
      const { message, fields } = this.#choices[at];
      for (const key in choice) {
        const value = choice[key];
        if (value === null || key === "index") continue;
        if (key === "delta") grow(message, object(value));
        // Log probabilities grow, one list item for each token.
        else if (isObject(value)) fields[key] = grow(isObject(fields[key]) ? fields[key] : {}, value);
        else fields[key] = value;
      }
      if (typeof (message.content ?? "") !== "string") throw new TypeError("content is no text");
    }
    for (const key in chunk) if (key !== "choices" && chunk[key] !== null) this.#head[key] = chunk[key];
  }

  /** How many choices there are, and how many have a finish_reason. */
  get finished(): { some: boolean; all: boolean } {
    const reasons = Object.values(this.#choices).map((each) => each.fields.finish_reason);
    return { some: reasons.some(Boolean), all: reasons.length > 0 && reasons.every(Boolean) };
  }

  /** The text of the first choice so far. */
  get text(): string {
    return (this.#choices[0]?.message.content as string | undefined) ?? "";
  }

  /** Return the completion so far, as raw JSON. */
  completion(): Json {
    const choices = Object.entries(this.#choices).map(([at, { message, fields }]) => {
      const { tool_calls: calls, ...rest } = message;
      const whole: Json = { ...rest, role: "assistant", content: rest.content ?? (calls ? null : "") };
      if (calls) whole.tool_calls = Object.values(calls);
      return { finish_reason: null, ...fields, index: Number(at), message: whole };
    });
    return { ...this.#head, object: "chat.completion", choices };
  }
}

/** Add a part to what is known, and return it. */
function grow(known: Json, part: Json): Json {
  for (const key in part) {
    const value = part[key];
    const old = known[key];
    if (value === null || value === undefined) continue;
    if (key === "tool_calls") known[key] = growCalls((old ?? {}) as Record<number, Json>, list(value));
    else if (isObject(value)) known[key] = grow(isObject(old) ? old : {}, value);
    else if (typeof value === "string" && typeof old === "string")
      known[key] = WHOLE.has(key) ? value || old : old + value;
    else if (Array.isArray(value)) known[key] = [...(Array.isArray(old) ? old : []), ...value];
    else known[key] = value;
  }
  return known;
}

function growCalls(known: Record<number, Json>, calls: Json[]): Record<number, Json> {
  calls.forEach(({ index: at, ...call }, place) => {
    const each = index(at ?? place);
    known[each] = grow(known[each] ?? { function: { arguments: "" } }, call);
  });
  return known;
}

function object(value: unknown): Json {
  if (!isObject(value)) throw new TypeError("an object is missing");
  return value;
}

function list(value: unknown): Json[] {
  if (!Array.isArray(value ?? [])) throw new TypeError("a list is missing");
  return ((value ?? []) as unknown[]).map(object);
}

function index(value: unknown): number {
  if (!Number.isInteger(value)) throw new TypeError("an index is no whole number");
  return value as number;
}
