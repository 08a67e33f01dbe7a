/** What went wrong in the domain's own terms; src/http maps each kind to one status. */
export type ErrorKind =
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'stale'
  | 'too-large'
  | 'unprocessable'
  | 'too-many'
  | 'unavailable';

export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface ErrorDetails {
  readonly errors?: readonly FieldError[];
  /** Seconds after which a caller may try again. */
  readonly retryAfter?: number;
  readonly cause?: unknown;
}

/** The only error that services throw on purpose. Its message is shown to clients, so it holds nothing internal. */
export class DomainError extends Error {
  readonly errors: readonly FieldError[] | undefined;
  readonly retryAfter: number | undefined;

  constructor(
    readonly kind: ErrorKind,
    /** Stable, in capitals: 'USER_NOT_FOUND'. Clients branch on it. */
    readonly code: string,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'DomainError';
    this.errors = details.errors;
    this.retryAfter = details.retryAfter;
  }
}
