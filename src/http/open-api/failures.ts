import { getSchemaPath } from '@nestjs/swagger';
import { FailureDto } from '../failure.dto.js';
import { failureOfStatus } from '../failure.js';
import type { Operation } from './operation.js';

type Responses = Operation['object']['responses'];
type Response = Exclude<Responses[string], { $ref: string } | undefined>;

/** Each begins with the codes that it is about; what a handler says of the same codes itself is kept instead. */
type Clauses = readonly (string | false | undefined)[];

/** The headers that tell a client what to do next. */
const headersOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'Bearer' },
  429: { 'Retry-After': 'Seconds until it is worth trying again.' },
  503: { 'Retry-After': 'Seconds until it is worth trying again.' },
};

/** What every route of its kind may answer, so that no controller has to repeat it. */
export function addFailures(operation: Operation): void {
  const { responses } = operation.object;
  for (const [status, clauses] of Object.entries(commonFailures(operation))) {
    const response = responses[status];
    if (response !== undefined && '$ref' in response) continue;
    const told = response?.description ?? '';
    const more = clauses.filter((clause) => typeof clause === 'string' && !tellsAlready(told, clause));
    const description = [told, ...more].filter((part) => part !== '').join('; ');
    if (description !== '') responses[status] = { ...(response ?? { ...bodyOfFailure() }), description };
  }
  for (const [status, response] of Object.entries(responses)) {
    if (response !== undefined && !('$ref' in response)) completeFailure(status, response);
  }
}

function commonFailures({ path, object, ...operation }: Operation): Record<string, Clauses> {
  const { isPublic, isProbe, isWrite, isIdempotent, permissions, takesKeys } = operation;
  if (isProbe) return {};
  const isGuarded = !isPublic;
  const body = object.requestBody !== undefined;
  return {
    400: [
      path.includes('{id}') && 'INVALID_ID',
      'VALIDATION_FAILED: errors names each field',
      body && 'INVALID_JSON',
      isGuarded && 'TWO_CREDENTIALS: send one kind of them',
    ],
    401: [
      isGuarded && 'UNAUTHENTICATED: no credentials',
      isGuarded && 'INVALID_TOKEN, TOKEN_EXPIRED, SESSION_ENDED',
      isGuarded && takesKeys && 'INVALID_API_KEY, API_KEY_EXPIRED',
    ],
    403: [
      permissions && `FORBIDDEN: this needs ${permissions.join(' or ')}`,
      isGuarded && !takesKeys && 'SESSION_REQUIRED: an API key is no login',
      takesKeys && 'IP_NOT_ALLOWED: not from where this API key may be used',
      isGuarded && isWrite && 'CSRF_TOKEN_REQUIRED, CSRF_TOKEN_INVALID: with cookies',
      isWrite && "CROSS_ORIGIN_REQUEST: from another site's page",
    ],
    406: ['NOT_ACCEPTABLE: Accept leaves no room for what is answered here'],
    409: [isIdempotent && 'IDEMPOTENCY_KEY_IN_PROGRESS: the first request with this key still runs'],
    413: [body && 'PAYLOAD_TOO_LARGE'],
    415: [body && 'UNSUPPORTED_MEDIA_TYPE: only application/json'],
    422: [isIdempotent && 'IDEMPOTENCY_KEY_REUSED: another request had this key'],
    429: ['RATE_LIMITED', takesKeys && 'QUOTA_EXCEEDED: of this API key'],
    503: ['SERVICE_UNAVAILABLE'],
  };
}

/** Whether all codes that a clause begins with have been named. */
function tellsAlready(told: string, clause: string): boolean {
  const [codes = ''] = clause.split(':');
  return codes.split(', ').every((code) => new RegExp(`\\b${code}\\b`).test(told));
}

const bodyOfFailure = () => ({
  content: { 'application/json': { schema: { $ref: getSchemaPath(FailureDto) } } },
});

/** Adds an example of the first code that is named, and the headers that come with the status. */
function completeFailure(status: string, response: Response): void {
  const media = response.content?.['application/json'];
  const { schema } = media ?? {};
  if (media === undefined || schema === undefined || !('$ref' in schema)) return;
  if (schema.$ref !== getSchemaPath(FailureDto)) return;
  const [code] = /\b[A-Z]+(?:_[A-Z]+)+\b|\b[A-Z]{4,}\b/.exec(response.description) ?? [];
  media.example ??= exampleOf(Number(status), code);
  for (const [name, description] of Object.entries(headersOf[status] ?? {})) {
    response.headers = { ...response.headers, [name]: { description, schema: { type: 'string' } } };
  }
}

function exampleOf(status: number, code: string | undefined): object {
  const general = failureOfStatus(status, '0b6a5c1e-5d1c-4b7e-9a52-0d5a9f6f2c3b');
  if (code === undefined || code === general.code) return general;
  const words = code.toLowerCase().replaceAll('_', ' ');
  return { ...general, statusCode: status, code, message: words.charAt(0).toUpperCase() + words.slice(1) };
}
