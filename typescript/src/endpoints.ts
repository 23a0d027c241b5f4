import { DeployParser, DeployStream } from "./deploy-stream.js";
import { APIConnectionError, APITimeoutError, DeployError, ParetaError } from "./errors.js";
import { Failure } from "./failure.js";
import type { components } from "./generated/schema.js";
import * as views from "./generated/views.js";
import { Metrics } from "./metrics.js";
import type { OpenStream } from "./open-stream.js";
import { type CallOptions, checkFlag, positive } from "./options.js";
import { segment } from "./request.js";
import { Resource } from "./requester.js";
import { refuseSlips } from "./slips.js";
import { View, viewsOf } from "./view.js";
import { Deadline, sleep } from "./watch.js";

type Id = string | null | undefined;
/** The status of an endpoint after a change, as the server's JSON. */
export type EndpointState = components["schemas"]["EndpointState"];

/** What to deploy. Further keys are passed through to the backend. */
export type DeployParams = components["schemas"]["DeployRequest"] & {
  /** Whether to wait until the endpoint is live. A deployment takes minutes; it is given an hour, or the `deadline`. */
  wait?: boolean;
};

/** Options of `waitUntilLive`. */
export interface WaitOptions extends Pick<CallOptions, "maxRetries" | "headers" | "query" | "signal"> {
  /** How many milliseconds to wait at most; null for ever. 600,000 by default. */
  timeout?: number | null;
  /** How many milliseconds to wait between two looks; 3,000 by default. */
  pollInterval?: number;
}

/** Milliseconds that a deployment may take, unless the user sets a deadline. */
const DEPLOY_DEADLINE = 3_600_000;
/** Milliseconds without a byte after which the endpoint itself is polled: a connection may have died without a sign. */
const SILENCE = 60_000;
const POLL_INTERVAL = 3_000;
/** Milliseconds that a poll may take at most: it has little to read. */
const POLL_TIMEOUT = 60_000;

/** A deployed model and its status. */
export class Endpoint extends views.Endpoint {
  /** The endpoint's id, which a completion takes as `model`; the name where the server sends no id. */
  override get id(): string | null {
    const { id } = this.toJSON();
    return (typeof id === "string" && id) || this.name;
  }

  /** The id of the task that it serves. */
  get task(): string | null {
    const { task } = this.toJSON() as { task?: unknown };
    return this.taskName || (typeof task === "string" ? task : null);
  }

  /** Whether it can be called now: its status is `live`. */
  get isLive(): boolean {
    return this.status === "live";
  }
}

/** Deploy models, operate what is deployed, and measure it. */
export class Endpoints extends Resource {
  /**
   * Deploy a model for a task.
   *
   * With `wait: true` returns the live endpoint; throws DeployError where the deployment fails. Else returns its
   * progress as `{ event, data }`: any number of `progress`, then `complete` or `error`. A stream that ends without
   * one of them throws DeployError.
   */
  deploy(params: DeployParams & { wait: true }, options?: CallOptions): Promise<Endpoint>;
  deploy(params: DeployParams & { wait?: false }, options?: CallOptions): DeployStream;
  deploy(params: DeployParams, options?: CallOptions): DeployStream | Promise<Endpoint>;
  deploy(params: DeployParams, options: CallOptions = {}): DeployStream | Promise<Endpoint> {
    const { wait, ...body } = params;
    const deadline = new Deadline(options.deadline === undefined ? DEPLOY_DEADLINE : options.deadline);
    const name = typeof body.name === "string" ? body.name : null;
    const opening = this.#open(wait, body, name, options, deadline);
    if (wait) return this.#wait(opening, name, options, deadline);
    return new DeployStream(
      opening.then((open) => ({ open, parser: new DeployParser(open.response, open.maxBytes, name) })),
    );
  }

  /** Send a deployment and return its stream, which may be silent up to the deadline. */
  async #open(
    wait: unknown,
    body: object,
    name: string | null,
    options: CallOptions,
    deadline: Deadline,
  ): Promise<OpenStream> {
    checkFlag("wait", wait);
    refuseSlips("deploy_endpoint", body);
    let open: OpenStream;
    try {
      open = await this.client.open("deploy_endpoint", { body }, options, deadline, true);
    } catch (error) {
      if (!(error instanceof APIConnectionError)) throw error;
      const look = name === null ? "list()" : `retrieve("${name}")`; // Whether the request arrived is not known.
      const text = error.message.replace(/\.$/, "");
      const Kind = error.constructor as typeof APIConnectionError;
      throw new Kind(`${text}. If the request arrived, the deployment goes on: look with endpoints.${look}.`, error);
    }
    open.watch.limit(deadline.until);
    return open;
  }

  /** Read the stream to its end; where it is lost or silent, poll the endpoint: the deployment goes on. */
  async #wait(
    opening: Promise<OpenStream>,
    name: string | null,
    options: CallOptions,
    deadline: Deadline,
  ): Promise<Endpoint> {
    const open = await opening;
    const parser = new DeployParser(open.response, open.maxBytes, name);
    let id = parser.endpointId;
    open.watch.limit(deadline.until, SILENCE);
    try {
      while (!parser.done) {
        const piece = await open.read();
        if (piece) parser.feed(piece);
        else parser.end();
      }
      await open.drain();
      const endpoint = new Endpoint(parser.endpoint(), open.response);
      if (endpoint.isLive || endpoint.id === null) return endpoint;
      id = endpoint.id;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!deadline.allows()) throw parser.broken(error);
      if (id === null) throw parser.lost(error);
    } finally {
      open.close();
    }
    try {
      return await this.#poll(id, options, deadline, POLL_INTERVAL);
    } catch (error) {
      const late = error instanceof APITimeoutError && !deadline.allows(POLL_INTERVAL);
      if (late || error instanceof DeployError || !(error instanceof ParetaError)) throw error;
      throw new DeployError(
        `The deployment of ${id} may go on, but its status cannot be read: ${error.message}` +
          ` Look with endpoints.retrieve("${id}").`,
        { lastEvent: parser.lastEvent, endpointId: id, cause: error },
      );
    }
  }

  /** List every endpoint that the organisation can access, in any status. */
  async list(options?: CallOptions): Promise<Endpoint[]> {
    const response = await this.client.send("list_endpoints", {}, options);
    return viewsOf(Endpoint, this.client.json("list_endpoints", response), response);
  }

  /** Retrieve an endpoint. */
  retrieve(endpointId: Id, options?: CallOptions): Promise<Endpoint> {
    return this.#retrieve(endpointId, options);
  }

  /**
   * Wait until an endpoint is live, after `start()` or a deployment elsewhere.
   *
   * Throws DeployError where it failed or stays stopped, and APITimeoutError where it is not live in time.
   */
  async waitUntilLive(endpointId: Id, options: WaitOptions = {}): Promise<Endpoint> {
    const { timeout = 600_000, pollInterval = POLL_INTERVAL, ...each } = options;
    if (timeout !== null) positive("timeout", timeout);
    positive("pollInterval", pollInterval);
    segment("endpoint_id", endpointId);
    return this.#poll(endpointId as string, each, new Deadline(timeout), pollInterval);
  }

  /** Start a stopped endpoint. It is cold for a moment: see `waitUntilLive`. */
  start(endpointId: Id, options?: CallOptions): Promise<EndpointState> {
    return this.#change("start_endpoint", endpointId, options);
  }

  /** Stop an endpoint: it costs nothing and serves nothing until it is started again. */
  stop(endpointId: Id, options?: CallOptions): Promise<EndpointState> {
    return this.#change("stop_endpoint", endpointId, options);
  }

  /** Delete an endpoint for good. */
  async delete(endpointId: Id, options?: CallOptions): Promise<void> {
    await this.client.send("delete_endpoint", { path: { endpoint_id: endpointId } }, options);
  }

  /** Return the metrics of an endpoint. Nothing is sent until one of them is asked for. */
  metrics(endpointId: Id): Metrics {
    return new Metrics(this.client, endpointId);
  }

  async #poll(id: string, options: CallOptions, deadline: Deadline, interval: number): Promise<Endpoint> {
    const timeout = Math.min(options.timeout ?? POLL_TIMEOUT, POLL_TIMEOUT);
    const each = { ...options, timeout, maxBytes: undefined, body: undefined, idempotencyKey: undefined };
    let stopped = false;
    let status: string | null;
    do {
      const endpoint = await this.#retrieve(id, each, deadline);
      status = endpoint.status;
      if (endpoint.isLive) return endpoint;
      if (status === "failed") {
        const why = endpoint.failure ? `: ${endpoint.failure}` : ".";
        throw new DeployError(`Endpoint ${id} failed${why}`, { endpointId: id });
      }
      if (status === "stopped" && stopped) {
        const text = `Endpoint ${id} is stopped. Start it with endpoints.start("${id}").`;
        throw new DeployError(text, { endpointId: id });
      }
      stopped = status === "stopped";
      if (!deadline.allows(interval)) break;
      await sleep(interval, options.signal);
    } while (deadline.allows());
    const more = `Go on waiting with endpoints.waitUntilLive("${id}").`;
    throw new APITimeoutError(`Endpoint ${id} is not live in time: its status is ${JSON.stringify(status)}. ${more}`);
  }

  async #change(id: "start_endpoint" | "stop_endpoint", endpointId: Id, options?: CallOptions): Promise<EndpointState> {
    const view = await this.client.view(View, id, { path: { endpoint_id: endpointId } }, options);
    return view.toJSON() as EndpointState;
  }

  async #retrieve(endpointId: Id, options?: CallOptions, deadline?: Deadline): Promise<Endpoint> {
    return this.client.view(Endpoint, "retrieve_endpoint", { path: { endpoint_id: endpointId } }, options, deadline);
  }
}
