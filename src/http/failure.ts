import { DomainError, type ErrorKind, type FieldError } from '../common/domain-error.js';

/** The envelope of every answer that is not a success, whichever layer gives it. */
export interface Failure {
  readonly statusCode: number;
  readonly message: string;
  readonly success: false;
  readonly code: string;
  readonly errors?: readonly FieldError[];
  readonly requestId: string;
}

/** So that an answer never grows with the nonsense it was asked. */
const mostErrors = 50;

export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  conflict: 409,
  stale: 412,
  'too-large': 413,
  unprocessable: 422,
  'too-many': 429,
  unavailable: 503,
};

interface Problem {
  readonly code: string;
  readonly message: string;
}

/** What a client reads when HTTP itself was the problem; a library's own words never leave the service. */
const problems: Readonly<Record<number, Problem>> = {
  400: { code: 'BAD_REQUEST', message: 'The request is malformed' },
  401: { code: 'UNAUTHENTICATED', message: 'Authentication required' },
  403: { code: 'FORBIDDEN', message: 'Access denied' },
  404: { code: 'ROUTE_NOT_FOUND', message: 'Route not found' },
  405: { code: 'METHOD_NOT_ALLOWED', message: 'Method not allowed on this route' },
  406: { code: 'NOT_ACCEPTABLE', message: 'Only application/json can be answered' },
  408: { code: 'REQUEST_TIMEOUT', message: 'The request took too long to arrive' },
  413: { code: 'PAYLOAD_TOO_LARGE', message: 'The request body is too large' },
  414: { code: 'URI_TOO_LONG', message: 'The URL is too long' },
  415: { code: 'UNSUPPORTED_MEDIA_TYPE', message: 'Only application/json is accepted' },
  417: { code: 'EXPECTATION_FAILED', message: 'Only Expect: 100-continue is understood' },
  431: { code: 'HEADERS_TOO_LARGE', message: 'The request headers are too large' },
  500: { code: 'INTERNAL_ERROR', message: 'Internal server error' },
  503: { code: 'SERVICE_UNAVAILABLE', message: 'The service is temporarily unavailable, please try again.' },
};

export function failureOfStatus(status: number, requestId: string): Failure {
  const statusCode = status in problems ? status : status < 500 ? 400 : 500;
  const { code, message } = problems[statusCode] ?? {
    code: 'INTERNAL_ERROR',
    message: 'Internal server error',
  };
  return { statusCode, message, success: false, code, requestId };
}

export function failureOfDomain(error: DomainError, requestId: string): Failure {
  return {
    statusCode: statusOfKind[error.kind],
    message: error.message,
    success: false,
    code: error.code,
    ...(error.errors !== undefined && { errors: error.errors.slice(0, mostErrors) }),
    requestId,
  };
}
