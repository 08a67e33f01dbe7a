/** An error that PostgreSQL or the engine reported for one statement; the connection lives on. */
export class SqlError extends Error {
  override readonly name = 'SqlError';

  constructor(
    /** SQLSTATE, five characters. */
    readonly state: string,
    message: string,
    readonly detail: string,
    readonly constraint: string,
  ) {
    super(message);
  }
}

/** The engine can't be reached, or went away before it answered: what was asked may have happened or not. */
export class EngineGoneError extends Error {
  override readonly name = 'EngineGoneError';
}

/** A statement that was not run, because one before it, sent together with it, failed. */
export class SkippedError extends Error {
  override readonly name = 'SkippedError';
}

/** Every SQL connection is taken by transactions and cursors. */
export class NoFreeConnectionError extends Error {
  override readonly name = 'NoFreeConnectionError';
}

const SHUTTING_DOWN = new Set(['57P01', '57P02', '57P03', '25P04']);

/** An ErrorResponse's fields: a byte that names the field, its text, a zero. */
export function readSqlError(body: Buffer): SqlError | EngineGoneError {
  const fields = new Map<string, string>();
  let at = 0;
  while (at < body.length && body[at] !== 0) {
    const end = body.indexOf(0, at + 1);
    if (end < 0) break;
    fields.set(String.fromCharCode(body[at] ?? 0), body.toString('utf8', at + 1, end));
    at = end + 1;
  }
  const state = fields.get('C') ?? 'XX000';
  const message = fields.get('M') ?? 'unknown error';
  if (SHUTTING_DOWN.has(state)) return new EngineGoneError(message);
  return new SqlError(state, message, fields.get('D') ?? '', fields.get('n') ?? '');
}
