import { isObject } from "./error-bodies.js";

type Json = Record<string, unknown>;

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
  readonly #choices: Record<number, Json> = {}; // Such keys are in order.

  /** Take a chunk, as raw JSON. */
  add(chunk: Json): void {
    const choices = list(chunk.choices).map(({ delta, ...rest }) => (isObject(delta) ? { delta, ...rest } : rest));
    growEach(this.#choices, choices, { delta: {} });
    for (const key in chunk) if (key !== "choices" && chunk[key] !== null) this.#head[key] = chunk[key];
  }

  /** The finish_reason of each choice so far. */
  get reasons(): unknown[] {
    return Object.values(this.#choices).map((each) => each.finish_reason);
  }

  /** The text of the first choice so far. */
  get text(): string {
    const { content } = (this.#choices[0]?.delta ?? {}) as Json;
    return typeof content === "string" ? content : "";
  }

  /** Return the completion so far, as raw JSON. */
  completion(): Json {
    const choices = Object.entries(this.#choices).map(([at, { delta, ...fields }]) => {
      const { tool_calls: calls, ...rest } = delta as Json;
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
    if (key === "tool_calls")
      known[key] = growEach((old ?? {}) as Record<number, Json>, list(value), { function: { arguments: "" } });
    else if (isObject(value)) known[key] = grow(isObject(old) ? old : {}, value);
    else if (Array.isArray(value)) known[key] = [...(Array.isArray(old) ? old : []), ...value];
    else if (typeof value !== "string" || typeof old !== "string") known[key] = value;
    else known[key] = GROWS.test(key) ? old + value : value || old;
  }
  return known;
}

/** Add each part to what is known at its index; `first` is there before any part. */
function growEach(known: Record<number, Json>, parts: Json[], first: Json): Record<number, Json> {
  parts.forEach(({ index, ...part }, place) => {
    const at = Number.isInteger(index) ? (index as number) : place;
    known[at] = grow(known[at] ?? grow({}, first), part);
  });
  return known;
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
