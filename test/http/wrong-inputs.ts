const user = { email: 'ada@example.com', name: 'Ada' };
const absent = '000000000000000000000000';
export const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;

const manyFields = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, 1]));

/** Requests that must be refused, and how. `field` is what the answer has to name. */
export interface WrongInput {
  readonly title: string;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly status: number;
  readonly code: string;
  readonly field?: string;
}

// One row a line: a table is read by its columns.
// prettier-ignore
export const wrongInputs: readonly WrongInput[] = [
  { title: 'an id that is none', method: 'GET', path: '/api/users/42', status: 400, code: 'INVALID_ID' },
  { title: 'an id of 12 characters', method: 'GET', path: '/api/users/abcdefghijkl', status: 400, code: 'INVALID_ID' },
  { title: 'an id in capitals', method: 'GET', path: `/api/users/${'A'.repeat(24)}`, status: 400, code: 'INVALID_ID' },
  { title: 'an absent id', method: 'GET', path: `/api/users/${absent}`, status: 404, code: 'USER_NOT_FOUND' },
  { title: 'an unknown body field', method: 'POST', path: '/api/users', body: { ...user, isAdmin: true }, status: 400, code: 'VALIDATION_FAILED', field: 'isAdmin' },
  { title: 'a field that is not the client’s', method: 'PATCH', path: `/api/users/${absent}`, body: { status: 'active' }, status: 400, code: 'VALIDATION_FAILED', field: 'status' },
  { title: 'an operator for a scalar', method: 'POST', path: '/api/users', body: { ...user, email: { $ne: '' } }, status: 400, code: 'VALIDATION_FAILED', field: 'email' },
  { title: 'an array for a scalar', method: 'POST', path: '/api/users', body: { ...user, name: ['Ada'] }, status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'null for a required field', method: 'POST', path: '/api/users', body: { ...user, name: null }, status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'null for a field that has no empty value', method: 'PATCH', path: `/api/users/${absent}`, body: { name: null }, status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'a fraction for an age', method: 'POST', path: '/api/users', body: { ...user, age: 1.5 }, status: 400, code: 'VALIDATION_FAILED', field: 'age' },
  { title: 'a zero-width space in an address', method: 'POST', path: '/api/users', body: { ...user, email: 'a\u200bda@example.com' }, status: 400, code: 'VALIDATION_FAILED', field: 'email' },
  { title: 'a NUL in a name', method: 'POST', path: '/api/users', body: { ...user, name: 'A\u0000da' }, status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'a lone surrogate in a name', method: 'POST', path: '/api/users', body: '{"email":"a@example.com","name":"\\ud800"}', status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'a lone surrogate in an address', method: 'POST', path: '/api/auth/login', body: '{"email":"\\ud800@example.com","password":"x"}', status: 400, code: 'VALIDATION_FAILED', field: 'email' },
  { title: 'a lone surrogate in a mail’s address', method: 'POST', path: '/api/queues/email/jobs', body: '{"name":"send-email","data":{"to":"a@\\ud800.com","subject":"x","body":"x"}}', status: 400, code: 'INVALID_JOB_DATA', field: 'data.to' },
  { title: 'an array as the body', method: 'POST', path: '/api/users', body: [user], status: 400, code: 'VALIDATION_FAILED' },
  { title: 'no body where one is needed', method: 'POST', path: '/api/users', status: 400, code: 'VALIDATION_FAILED' },
  { title: 'a body that nobody reads', method: 'POST', path: `/api/users/${absent}/restore`, body: { force: true }, status: 400, code: 'VALIDATION_FAILED', field: 'force' },
  { title: 'page 0', method: 'GET', path: '/api/users?page=0', status: 400, code: 'VALIDATION_FAILED', field: 'page' },
  { title: 'a page in hexadecimal', method: 'GET', path: '/api/users?page=0x1', status: 400, code: 'VALIDATION_FAILED', field: 'page' },
  { title: 'limit 101', method: 'GET', path: '/api/users?limit=101', status: 400, code: 'VALIDATION_FAILED', field: 'limit' },
  { title: 'a field that must not be sorted by', method: 'GET', path: '/api/users?sortBy=passwordHash', status: 400, code: 'VALIDATION_FAILED', field: 'sortBy' },
  { title: 'a duplicate query key', method: 'GET', path: '/api/users?limit=1&limit=2', status: 400, code: 'VALIDATION_FAILED', field: 'limit' },
  { title: 'an unknown query key', method: 'GET', path: '/api/users?colour=red', status: 400, code: 'VALIDATION_FAILED', field: 'colour' },
  { title: 'an operator in the query', method: 'GET', path: '/api/users?status[$ne]=active', status: 400, code: 'VALIDATION_FAILED' },
  { title: 'a page beyond 10,000 items', method: 'GET', path: '/api/users?page=1002', status: 400, code: 'VALIDATION_FAILED', field: 'page' },
  { title: 'page and cursor together', method: 'GET', path: '/api/users?page=1&cursor=', status: 400, code: 'VALIDATION_FAILED', field: 'page' },
  { title: 'a forged cursor', method: 'GET', path: '/api/users?cursor=eyJpZCI6IjEifQ', status: 400, code: 'INVALID_CURSOR', field: 'cursor' },
  { title: 'a query that nobody reads', method: 'DELETE', path: `/api/users/${absent}?force=1`, status: 400, code: 'VALIDATION_FAILED', field: 'force' },
  { title: 'broken JSON', method: 'POST', path: '/api/users', body: '{"email":', status: 400, code: 'INVALID_JSON' },
  { title: '__proto__', method: 'POST', path: '/api/users', body: '{"__proto__":{"admin":true}}', status: 400, code: 'INVALID_JSON' },
  { title: 'constructor.prototype', method: 'POST', path: '/api/users', body: '{"constructor":{"prototype":{}}}', status: 400, code: 'INVALID_JSON' },
  { title: 'a field named like a member of every object', method: 'POST', path: '/api/users', body: { ...user, toString: 1 }, status: 400, code: 'VALIDATION_FAILED', field: 'toString' },
  { title: 'a constructor', method: 'POST', path: '/api/users', body: '{"email":"a@example.com","name":"A","constructor":1}', status: 400, code: 'VALIDATION_FAILED', field: 'constructor' },
  { title: 'a query named like a member of every object', method: 'GET', path: '/api/users?hasOwnProperty=1', status: 400, code: 'VALIDATION_FAILED', field: 'hasOwnProperty' },
  { title: '__proto__ in the query', method: 'GET', path: '/api/users?__proto__=1', status: 400, code: 'VALIDATION_FAILED', field: '__proto__' },
  { title: 'a scalar as a body that nobody reads', method: 'DELETE', path: `/api/users/${absent}`, body: '"now"', status: 400, code: 'INVALID_BODY' },
  { title: 'null as the body', method: 'PATCH', path: `/api/users/${absent}`, body: 'null', status: 400, code: 'INVALID_BODY' },
  { title: 'a variation selector in an address', method: 'POST', path: '/api/users', body: { ...user, email: 'a\ufe0fda@example.com' }, status: 400, code: 'VALIDATION_FAILED', field: 'email' },
  { title: 'a filler that shows nothing in an address', method: 'POST', path: '/api/users', body: { ...user, email: 'a\u3164da@example.com' }, status: 400, code: 'VALIDATION_FAILED', field: 'email' },
  { title: 'a name of which nothing can be seen', method: 'POST', path: '/api/users', body: { ...user, name: '\u200b\u3164' }, status: 400, code: 'VALIDATION_FAILED', field: 'name' },
  { title: 'a NUL in an image’s address', method: 'PATCH', path: `/api/users/${absent}`, body: { profileImage: 'https://example.com/\u0000' }, status: 400, code: 'VALIDATION_FAILED', field: 'profileImage' },
  { title: 'half a surrogate pair in an image’s address', method: 'PATCH', path: `/api/users/${absent}`, body: '{"profileImage":"https://example.com/\\ud800"}', status: 400, code: 'VALIDATION_FAILED', field: 'profileImage' },
  { title: 'a compressed body', method: 'POST', path: '/api/users', body: user, headers: { 'content-encoding': 'gzip' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'a trailing slash', method: 'GET', path: '/api/users/', status: 404, code: 'ROUTE_NOT_FOUND' },
  { title: 'another type under a spelled-out route', method: 'GET', path: '/%61pi/users', headers: { accept: 'text/html' }, status: 406, code: 'NOT_ACCEPTABLE' },
  { title: 'more fields than anything has', method: 'POST', path: '/api/auth/login', body: manyFields(5_000), status: 400, code: 'VALIDATION_FAILED', field: 'body' },
  { title: 'a query of more fields than anything has', method: 'GET', path: `/api/users?${Object.keys(manyFields(5_000)).join('=&')}`, status: 400, code: 'VALIDATION_FAILED', field: 'query' },
  { title: 'a body of 50,000 fields', method: 'POST', path: '/api/auth/login', body: manyFields(50_000), status: 400, code: 'TOO_MANY_VALUES' },
  { title: 'an array of 400,000', method: 'POST', path: '/api/auth/login', body: { email: [], password: Array.from({ length: 400_000 }, () => 1) }, status: 400, code: 'TOO_MANY_VALUES' },
  { title: 'JSON nested 33 deep', method: 'POST', path: '/api/users', body: nested(33), status: 400, code: 'BODY_TOO_DEEP' },
  { title: 'JSON nested 10,000 deep', method: 'POST', path: '/api/users', body: nested(10_000), status: 400, code: 'BODY_TOO_DEEP' },
  { title: 'a body of 2 MB', method: 'POST', path: '/api/users', body: { ...user, name: 'x'.repeat(2_097_152) }, status: 413, code: 'PAYLOAD_TOO_LARGE' },
  { title: 'another content type', method: 'POST', path: '/api/users', body: 'email=a', headers: { 'content-type': 'application/x-www-form-urlencoded' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'plain text', method: 'POST', path: '/api/users', body: '{}', headers: { 'content-type': 'text/plain' }, status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' },
  { title: 'an answer in another type', method: 'GET', path: '/api/users', headers: { accept: 'text/html' }, status: 406, code: 'NOT_ACCEPTABLE' },
  { title: 'bad percent encoding', method: 'GET', path: '/api/users/%zz', status: 400, code: 'BAD_REQUEST' },
  { title: 'a parameter that is far too long', method: 'GET', path: `/api/users/${'a'.repeat(300)}`, status: 414, code: 'URI_TOO_LONG' },
  { title: 'an unknown route', method: 'GET', path: '/api/nothing', status: 404, code: 'ROUTE_NOT_FOUND' },
  { title: 'If-Match without quotes', method: 'PATCH', path: `/api/users/${absent}`, body: { name: 'x' }, headers: { 'if-match': '1' }, status: 400, code: 'INVALID_IF_MATCH' },
];
