import { serialize, type Document } from 'bson';
import { ERROR_CODES, type CodedName } from '../error-codes.js';
import { EngineGoneError, NoFreeConnectionError, SqlError } from './sql/errors.js';

export const TRANSIENT = 'TransientTransactionError';
export const RETRYABLE_WRITE = 'RetryableWriteError';
export const UNKNOWN_COMMIT = 'UnknownTransactionCommitResult';

export const WRITE_CONFLICT: CodedName = { code: 112, codeName: 'WriteConflict' };
export const DUPLICATE_KEY: CodedName = { code: 11000, codeName: 'DuplicateKey' };
const MAX_TIME_EXPIRED: CodedName = { code: 50, codeName: 'MaxTimeMSExpired' };
const ENGINE_GONE: CodedName = { code: 91, codeName: 'ShutdownInProgress' };
const NO_CONNECTION: CodedName = { code: 202, codeName: 'NetworkInterfaceExceededTimeLimit' };
const INTERNAL: CodedName = { code: 1, codeName: 'InternalError' };

/** Codes of failures that PostgreSQL itself names, not the engine. */
const POSTGRES: ReadonlyMap<string, CodedName> = new Map([
  ['40001', WRITE_CONFLICT],
  ['40P01', WRITE_CONFLICT],
  ['55P03', { code: 24, codeName: 'LockTimeout' }],
  ['23505', DUPLICATE_KEY],
  ['23P01', DUPLICATE_KEY],
  ['57014', MAX_TIME_EXPIRED],
  ['53100', { code: 14031, codeName: 'OutOfDiskSpace' }],
  ['54001', { code: 15, codeName: 'Overflow' }],
]);

/** A failure that is told to the client as MongoDB would tell it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    readonly named: CodedName,
    message: string,
    readonly labels: readonly string[] = [],
    readonly extra: Document = {},
  ) {
    super(message);
  }
}

/** Shorthand for a failure with MongoDB's code and name. */
export function failure(code: number, codeName: string, message: string, ...labels: string[]): CommandError {
  return new CommandError({ code, codeName }, message, labels);
}

/** MongoDB's code and name for a SQLSTATE. Inside a transaction a lock that was not had in time is a conflict. */
export function nameState(state: string, inTransaction: boolean): CodedName {
  if (inTransaction && state === '55P03') return WRITE_CONFLICT;
  return ERROR_CODES.get(state) ?? POSTGRES.get(state) ?? INTERNAL;
}

/** writeErrors carry a SQLSTATE packed into a number, six bits a character. */
export function unpackState(packed: number): string {
  let state = '';
  for (let rest = packed, left = 5; left > 0; left -= 1, rest >>= 6) {
    state += String.fromCharCode((rest & 63) + 48);
  }
  return state;
}

/** Any failure as one to be told, with the labels that make a driver do the right thing. */
export function toCommandError(error: unknown, inTransaction: boolean, retryable: boolean): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof EngineGoneError) {
    const label = inTransaction ? [TRANSIENT] : retryable ? [RETRYABLE_WRITE] : [];
    return new CommandError(ENGINE_GONE, `the database engine is not there: ${error.message}`, label);
  }
  if (error instanceof NoFreeConnectionError) {
    return new CommandError(NO_CONNECTION, error.message, inTransaction ? [TRANSIENT] : []);
  }
  if (error instanceof SqlError) {
    const named = nameState(error.state, inTransaction);
    const conflict = named.code === WRITE_CONFLICT.code;
    return new CommandError(named, error.message, inTransaction && conflict ? [TRANSIENT] : []);
  }
  return new CommandError(INTERNAL, error instanceof Error ? error.message : String(error));
}

/** The answer that tells a failure. */
export function errorReply(error: CommandError): Buffer {
  const { named, labels, extra, message } = error;
  const document = { ok: 0, errmsg: message, ...named, ...extra };
  return reply(labels.length > 0 ? { ...document, errorLabels: [...labels] } : document);
}

/** A small answer of the gateway's own. */
export function reply(document: Document): Buffer {
  return Buffer.from(serialize(document));
}
