import type { PermissionName } from '../../common/principal.js';

interface Declaration {
  readonly name: string;
  readonly queue: string;
  /** A class whose decorators of class-validator say what a payload must be like. */
  readonly payload: new () => object;
  /** The fields of the payload that REST, the board and logs may show; every other stays in the ledger. */
  readonly shows: readonly string[];
  /** Milliseconds before each new attempt; absent: the ladder of the settings. Attempts = rungs + 1. */
  readonly retryLadder?: readonly number[];
  /** Milliseconds after which an attempt counts as failed. */
  readonly timeout: number;
}

/** Public types can be asked for over REST by who holds `permission`. */
type JobAccess =
  { readonly access: 'internal' } | { readonly access: 'public'; readonly permission: PermissionName };

export type AnyJobType = Declaration & JobAccess;

/** One kind of job, declared once. */
export type JobType<Payload extends object> = AnyJobType & {
  readonly payload: new () => Payload;
  readonly shows: readonly (keyof Payload & string)[];
};

export function jobType<Payload extends object>(type: JobType<Payload>): JobType<Payload> {
  return type;
}
