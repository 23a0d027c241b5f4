import { errorIn, isObject, saidIn } from "./error-bodies.js";
import { DeployError, type LastEvent } from "./errors.js";
import type { Failure } from "./failure.js";
import { OPERATIONS, type StreamEvents } from "./generated/operations.js";
import { decodeJson } from "./json.js";
import { words } from "./names.js";
import type { APIResponse } from "./response.js";
import { isKeepAlive, Stream, StreamParser } from "./stream.js";

/** An event of a deployment. A newer server may send others. */
export type DeployEvent = StreamEvents["deploy_endpoint"];

const TERMINAL = words(OPERATIONS.deploy_endpoint.ends);

/** Return the endpoint's id in `Location`. The URL itself is never requested. */
function endpointIdOf(response: APIResponse): string | null {
  const id = /^[^?#]*\/v1\/endpoints\/([^/?#]+)([?#]|$)/.exec(response.headers.get("location") ?? "")?.[1];
  try {
    return id === undefined ? null : decodeURIComponent(id);
  } catch {
    return null;
  }
}

/** Makes `{ event, data }` up to the terminal event. */
export class DeployParser extends StreamParser<DeployEvent, LastEvent> {
  /** The endpoint's id by `Location`, else its name, which is the same; null where neither is known. */
  readonly endpointId: string | null;

  constructor(response: APIResponse, maxBytes: number, name: string | null) {
    super(response, maxBytes);
    this.endpointId = endpointIdOf(response) ?? name;
  }

  protected take(name: string, text: string): void {
    const data = dataOf(text);
    if (isKeepAlive(name, text) && "value" in data) return;
    this.lastEvent = { event: name, data };
    if (name === "complete" && !isObject(data.endpoint)) {
      throw this.#failed("The deployment completed, but the event holds no endpoint: see endpoints.list().");
    }
    this.done = TERMINAL.includes(name);
    this.items.push(this.lastEvent as DeployEvent);
  }

  /** Throws: only an event ends a deploy stream. */
  end(): void {
    const said = errorIn(this.lastEvent?.data, "");
    const reason = said ? `The server said: ${said}.` : "Its result is not known.";
    throw this.#failed(`The deploy stream ended before the deployment did. ${reason}`);
  }

  override broken(failure: Failure): Error {
    const id = this.endpointId;
    const look = id ? `waitUntilLive("${id}")` : "list()";
    return super.broken(
      failure,
      `The deploy stream broke: ${failure.text}. The deployment goes on: endpoints.${look}.`,
    );
  }

  /** Return the error for a broken stream whose endpoint is not known. */
  lost(failure: Failure): Error {
    return this.#failed(
      `The deploy stream broke (${failure.text}) before the server named the endpoint.` +
        " The deployment may go on: look with endpoints.list().",
      failure.cause,
    );
  }

  /** Return the endpoint of the `complete` event, as raw JSON; throws for any other end. */
  endpoint(): Record<string, unknown> {
    const data = (this.lastEvent?.data ?? {}) as Record<string, unknown>;
    if (this.lastEvent?.event === "error") {
      throw this.#failed(`The deployment failed: ${saidIn(data) || data.value || "the server gives no reason"}`);
    }
    return data.endpoint as Record<string, unknown>;
  }

  #failed(message: string, cause?: unknown): Error {
    const { lastEvent, endpointId } = this;
    return new DeployError(`${message} [${this.response.place}]`, { lastEvent, endpointId, cause });
  }
}

/** Return the data of an event; what is not a JSON object is passed on as `value`, so that progress never fails. */
function dataOf(text: string): Record<string, unknown> {
  let value: unknown = text;
  try {
    value = decodeJson(text);
  } catch {
    // It is passed on as text.
  }
  return isObject(value) ? value : { value };
}

/**
 * The progress of a deployment: `{ event, data }`, up to `complete` or `error`.
 *
 * The request is sent at once. Leaving the stream does not stop the deployment.
 */
export class DeployStream extends Stream<DeployEvent, DeployParser> {
  /** The id of the endpoint that is being deployed; null before the head has arrived, or where it does not say. */
  get endpointId(): string | null {
    return this.parser?.endpointId ?? null;
  }
}
