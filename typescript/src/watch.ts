import { Failure, failureOf } from "./failure.js";

const LONGEST = 2 ** 31 - 1; // What timers can hold.

/** Aborts an attempt that is silent for too long, whose deadline has passed, or that the caller aborts. */
export class Watch {
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => this.#controller.abort();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle = Infinity;
  #until = Infinity;
  #waits = true;
  #last = 0;
  #failure: Failure | null = null; // Why it was aborted, unless by the caller.

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
    signal?.throwIfAborted();
    signal?.addEventListener("abort", this.#abort);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Set when all must be over, by `performance.now()`, and how many milliseconds may be silent; Infinity for no limit. */
  limit(until: number, idle = Infinity): void {
    this.#idle = idle;
    this.#until = until;
    this.#last = performance.now();
    this.#arm();
  }

  /** Begin to wait for bytes, or stop: while nobody reads, silence does not count. */
  wait(waits: boolean): void {
    this.#waits = waits;
    if (waits) this.#last = performance.now();
  }

  /** Return what an error of the attempt means; throws what the caller aborted with. */
  failure(error: unknown): Failure {
    this.#signal?.throwIfAborted();
    return error instanceof Failure ? error : (this.#failure ?? failureOf(error));
  }

  /** Watch no more, and abort what is still going on. */
  end(): void {
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#abort();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (!this.#waits) this.#last = performance.now();
    const due = Math.min(this.#last + this.#idle, this.#until);
    if (due === Infinity) return;
    const left = due - performance.now();
    if (left > 0) {
      this.#timer = setTimeout(() => this.#arm(), Math.min(left, LONGEST));
      // A stream that nobody reads keeps no process alive; browsers have numbers here.
      (this.#timer as { unref?: () => void }).unref?.();
    } else {
      this.#failure = new Failure("timeout", due === this.#until ? "the deadline has passed" : "no response in time");
      this.#abort();
    }
  }
}

/** When a logical call must be over. Without the user's, it follows from the timeouts, and moves with each wait. */
export class Deadline {
  until: number;
  readonly #moves: boolean;

  constructor(milliseconds: number | null, moves = false) {
    this.until = performance.now() + (milliseconds ?? Infinity);
    this.#moves = moves;
  }

  /** Return whether there is time to wait so long, for a retry or for a poll. */
  allows(milliseconds = 0, retry = false): boolean {
    if (retry && this.#moves) this.until += milliseconds;
    return performance.now() + milliseconds < this.until;
  }
}

/** Wait for so many milliseconds, or until the caller aborts. */
export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal?.addEventListener("abort", end);
  });
  signal?.throwIfAborted();
}
