import type { APIResponse } from "./response.js";

const STATUSES = [408, 409, 429, 500, 502, 503, 504];
/** The longest `Retry-After`, in seconds, that is waited for. */
const MAX_RETRY_AFTER = 60;
/** How many retries a client may make before calls must succeed again, unless one call may make more. */
export const BUDGET = 6;
/** How many calls must succeed to pay for a retry. */
export const SUCCESSES_PER_RETRY = 10;

/**
 * Return how many milliseconds to wait before the next attempt, or null to give up.
 *
 * @param response The response; null where the connection failed.
 * @param attempt How many attempts came before this one.
 */
export function backoff(response: APIResponse | null, attempt: number): number | null {
  if (response) {
    const should = response.headers.get("x-should-retry")?.toLowerCase();
    if (should === "false" || (should !== "true" && !STATUSES.includes(response.statusCode))) return null;
    const asked = response.retryAfter;
    if (asked !== null) return asked <= MAX_RETRY_AFTER ? asked * 1000 : null;
  }
  return Math.min(500 * 2 ** attempt, 8000) * (0.75 + 0.25 * Math.random());
}
