import { words } from "./names.js";
import type { APIResponse } from "./response.js";

type Json = Record<string, unknown>;

/** Where the servers of different makers put their message, the best first. */
const NAMES = "message Message msg errors error error_description errorMessage title".split(" ");

/** Return what the JSON body of an error says is wrong, as any JSON value; null where it says nothing. */
function wordsIn(body: unknown): unknown {
  if (Array.isArray(body)) return body.length === 1 ? wordsIn(body[0]) : null;
  if (!isObject(body)) return (typeof body === "string" && body) || null;
  if (filled(body.detail)) return body.detail;
  const { error } = body;
  const inner = isObject(error) ? wordsIn(error) : null;
  if (inner) return inner;
  for (const name of NAMES) {
    const found = body[name];
    if (typeof found === "string" && found) return found;
    if (filled(found) && typeof found === "object" && found !== error) return wordsIn(found) ?? found;
  }
  return null;
}

/** Return what the body of a response says is wrong; null where it is not JSON. */
export function wordsOf(response: APIResponse): unknown {
  try {
    return wordsIn(response.json());
  } catch {
    return null;
  }
}

/** Return a detail in one line: a message, or the problems of a 422. */
export function textOf(detail: unknown): string {
  if (Array.isArray(detail)) return detail.map(problem).join("; ");
  if (detail === null || detail === undefined) return "";
  return problem(detail).trim();
}

/** Return the words of a body for an error message, in reasonable length. */
export function saidIn(body: unknown): string {
  return textOf(wordsIn(body)).slice(0, 1000);
}

/**
 * Return what is wrong, in the server's words, where a 2xx body or the data of an event is an error; else "".
 *
 * With one of the fields `answers` it is an answer all the same. Without them, as for a completion, what has no choices
 * is an error if it says anything.
 */
export function errorIn(body: unknown, answers: string | undefined): string {
  if (!isObject(body) || words(answers).some((name) => name in body)) return "";
  const choices = Array.isArray(body.choices) ? body.choices : [];
  for (const holder of [body, ...choices]) {
    const error = isObject(holder) ? holder.error : null;
    if (isObject(error) ? Object.values(error).some(Boolean) : typeof error === "string" && error) {
      return saidIn(holder) || JSON.stringify(error);
    }
  }
  if (choices.length || (answers !== undefined && !saysError(body))) return "";
  return saidIn(body);
}

/** Return whether a flat body calls itself an error. */
function saysError({ object, type, status, code, success, error, statusCode, status_code }: Json): boolean {
  return (
    [object, status].includes("error") ||
    /error$/i.test(type as string) ||
    success === false ||
    error === true ||
    [code, status, statusCode, status_code].some((each) => typeof each === "number" && each >= 400) ||
    (typeof code === "string" && !/^(0|200|ok|success)?$/i.test(code))
  );
}

function problem(item: unknown): string {
  if (!isObject(item)) return String(item);
  const words = wordsIn(item);
  const said = words ? textOf(words) : JSON.stringify(item);
  return Array.isArray(item.loc) && item.loc.length ? `${item.loc.join(".")}: ${said}` : said;
}

function filled(value: unknown): boolean {
  return typeof value === "object" && value ? Object.keys(value).length > 0 : Boolean(value);
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
