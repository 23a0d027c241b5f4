import { isObject } from "./error-bodies.js";

type Json = Record<string, unknown>;
interface Choice {
  message: Json;
  fields: Json;
}

/** The texts that come in pieces; others are sent whole. */
const GROWS = /^(content|refusal|reasoning.*|thinking|arguments|input|data|transcript|text|summary)$/;

/**
 * Accumulates chunks into the completion that the request would have had without `stream`.
 *
 * Texts, lists and tool calls grow, and of any other field the last value counts, so that fields of newer servers are
 * kept. What cannot be accumulated is left out.
 */
export class ChatAccumulator {
  readonly #head: Json = {};
  readonly #choices: Record<number, Choice> = {}; // Such keys are in order.

  /** Take a chunk, as raw JSON. */
  add(chunk: Json): void {
    list(chunk.choices).forEach(({ index, delta, ...rest }, place) => {
      const at = Number.isInteger(index) ? (index as number) : place;
      this.#choices[at] ??= { message: {}, fields: {} };
      if (isObject(delta)) grow(this.#choices[at].message, delta);
      grow(this.#choices[at].fields, rest);
    });
    for (const key in chunk) if (key !== "choices" && chunk[key] !== null) this.#head[key] = chunk[key];
  }

  /** The finish_reason of each choice so far. */
  get reasons(): unknown[] {
    return Object.values(this.#choices).map((each) => each.fields.finish_reason);
  }

  /** The text of the first choice so far. */
  get text(): string {
    const content = this.#choices[0]?.message.content;
    return typeof content === "string" ? content : "";
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
    if (value === null || key === "__proto__") continue; // It would reach the prototype of all objects.
    const old = known[key];
    if (key === "tool_calls") known[key] = growCalls((old ?? {}) as Record<number, Json>, list(value));
    else if (isObject(value)) known[key] = grow(isObject(old) ? old : {}, value);
    else if (Array.isArray(value)) known[key] = [...(Array.isArray(old) ? old : []), ...value];
    else if (typeof value !== "string" || typeof old !== "string") known[key] = value;
    else known[key] = GROWS.test(key) ? old + value : value || old;
  }
  return known;
}

function growCalls(known: Record<number, Json>, calls: Json[]): Record<number, Json> {
  calls.forEach(({ index, ...call }, place) => {
    const at = Number.isInteger(index) ? (index as number) : place;
    known[at] = grow(known[at] ?? { function: { arguments: "" } }, call);
  });
  return known;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
