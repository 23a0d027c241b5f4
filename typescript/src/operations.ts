import { OPERATIONS } from "./generated/operations.js";
import type { operations } from "./generated/schema.js";

export type OperationId = keyof typeof OPERATIONS & keyof operations;
/** An operation that answers in JSON, or without content; not only in a stream. */
export type CallableId = {
  [Id in OperationId]: (typeof OPERATIONS)[Id] extends { streams: true } ? never : Id;
}[OperationId];

/** What the generated table says of an operation; names are separated by spaces. */
interface Operation {
  /** Method and path. */
  readonly request: string;
  /** The fields of the body; without a body, the parameters of the query. */
  readonly takes?: string;
  readonly required?: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The fields by which an answer is told from an error. */
  readonly answers?: string;
  /** Whether it takes an idempotency key. */
  readonly key?: boolean;
  /** Whether it answers without content. */
  readonly empty?: boolean;
  /** Whether it answers only in a stream. */
  readonly streams?: boolean;
  /** The events that end its stream. */
  readonly ends?: string;
  readonly done?: string;
}

export function operationOf(id: OperationId): Operation {
  return OPERATIONS[id];
}
