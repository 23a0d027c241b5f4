const DEPTH = 200;

/** Return the JSON value of `text`, strictly: no number beyond what a number can hold, and not nested too deep. */
export function decodeJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // A short text is not nested too deep, since each level takes two brackets.
  if (text.length > 2 * DEPTH || /e\+?\d{3}|\d{300}/i.test(text)) check(value, 0);
  return value;
}

function check(value: unknown, depth: number): void {
  if (depth > DEPTH) throw new SyntaxError(`it is nested deeper than ${DEPTH} levels`);
  if (value === Infinity || value === -Infinity) throw new SyntaxError("a number is beyond what a number can hold");
  if (typeof value === "object") for (const key in value) check((value as Record<string, unknown>)[key], depth + 1);
}
