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
  readonly fields?: string;
  readonly required?: string;
  readonly defaults?: Readonly<Record<string, unknown>>;
  readonly query?: string;
  /** The fields by which an answer is told from an error. */
  readonly answers?: string;
  /** Whether it takes an idempotency key. */
  readonly key?: boolean;
  readonly noContent?: boolean;
  /** Whether it answers only in a stream. */
  readonly streams?: boolean;
  readonly terminal?: string;
  readonly done?: string;
}

export function operationOf(id: OperationId): Operation {
  return OPERATIONS[id];
}
