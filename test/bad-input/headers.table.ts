const many = (text: string, count: number) => text.repeat(count);

/** Headers that say nothing, or what nobody asked to hear: with each a request is as good as without, or a 400. */
export const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { traceparent: '00-0-0-0' },
  { traceparent: many('a', 10_000) },
  { traceparent: `00-${many('0', 32)}-${many('0', 16)}-01` },
  { traceparent: `ff-${many('a', 32)}-${many('b', 16)}-01` },
  { traceparent: `00-${many('g', 32)}-${many('b', 16)}-01` },
  { tracestate: many('a=b,', 1_000) },
  { baggage: 'a;;;=,' },
  { 'x-request-id': many('a', 10_000) },
  { 'x-request-id': '<script>' },
  { 'x-request-id': 'a\tb' },
  { 'x-request-id': '\u00e9' },
  { 'x-forwarded-for': '999.999.999.999, ::::, a' },
  { forwarded: 'for=_' },
  { 'x-real-ip': '$ne' },
  { cookie: many('a', 10_000) },
  { cookie: '=;=;=' },
  { cookie: '__proto__=1; constructor=2' },
  { cookie: 'a=%zz' },
  { 'accept-encoding': 'gzip;q=a, br;q=-1, *;q=99' },
  { 'accept-encoding': many(',', 5_000) },
  { 'accept-language': '$ne' },
  { accept: many('a/b,', 5_000).concat('*/*') },
  { range: 'bytes=9999999999999999999-0,-1' },
  { 'if-none-match': many('"', 1_000) },
  { 'if-none-match': 'W/' },
  { 'if-modified-since': 'never' },
  { origin: 'null' },
  { origin: 'http://[::' },
  { referer: 'a b' },
  { 'user-agent': '' },
  { 'user-agent': many('a', 10_000) },
  { 'last-event-id': '\u00ff' },
  { te: 'a;q=z' },
  { via: many(',', 1_000) },
  { 'x-csrf-token': '../..' },
  { host: 'evil.example' },
  { host: 'a@b:99999' },
  { 'content-type': many('a', 10_000) },
  { 'x-long': many('a', 16_000) },
  { 'x-long': many('a', 100_000) },
];

/** What nothing can be made of, by the header that a route reads. */
export const malformedHeaders: Readonly<Record<string, readonly string[]>> = {
  'If-Match': ['1', '"', '$ne', 'W/', '"a', '"1" "2"', many('"', 1_001)],
  'Idempotency-Key': ['', ' ', 'a b', many('a', 256), '\u00e9', 'a\tb'],
};

interface RawRequest {
  readonly title: string;
  readonly bytes: string;
  readonly status: number;
}

const start = 'GET /api/users HTTP/1.1\r\nHost: a\r\n';
const post = 'POST /api/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

/** Requests that are none, or that a proxy in front could read as another number of requests. */
export const brokenRequests: readonly RawRequest[] = [
  {
    title: 'a request id with a line break',
    bytes: `${start}X-Request-ID: a\rSet-Cookie: a=b\r\n\r\n`,
    status: 400,
  },
  { title: 'a request id with a NUL', bytes: `${start}X-Request-ID: a\u0000b\r\n\r\n`, status: 400 },
  { title: 'a folded header', bytes: `${start}X-Request-ID: a\r\n b\r\n\r\n`, status: 400 },
  { title: 'a space before the colon', bytes: `${start}X-A : b\r\n\r\n`, status: 400 },
  { title: 'a header without a name', bytes: `${start}: b\r\n\r\n`, status: 400 },
  { title: 'a header with a NUL in its name', bytes: `${start}X\u0000A: b\r\n\r\n`, status: 400 },
  { title: 'a method that is none', bytes: 'G\u0000T / HTTP/1.1\r\nHost: a\r\n\r\n', status: 400 },
  {
    title: 'a method of 10,000 letters',
    bytes: `${many('A', 10_000)} / HTTP/1.1\r\nHost: a\r\n\r\n`,
    status: 400,
  },
  { title: 'a version that is none', bytes: 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', status: 400 },
  { title: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  {
    title: 'a greeting of TLS',
    bytes: '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003',
    status: 400,
  },
  { title: 'a space in the target', bytes: 'GET /api/users/a b HTTP/1.1\r\nHost: a\r\n\r\n', status: 400 },
  { title: 'a negative length', bytes: `${post}Content-Length: -1\r\n\r\n`, status: 400 },
  { title: 'a length in hexadecimal', bytes: `${post}Content-Length: 0x2\r\n\r\n{}`, status: 400 },
  { title: 'two lengths', bytes: `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, status: 400 },
  {
    title: 'a length and chunks',
    bytes: `${post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    title: 'chunks that are not last',
    bytes: `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    status: 400,
  },
  {
    title: 'a chunk that is no number',
    bytes: `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
    status: 400,
  },
  {
    title: 'a chunk longer than it says',
    bytes: `${post}Transfer-Encoding: chunked\r\n\r\n1\r\n{}}}}\r\n0\r\n\r\n`,
    status: 400,
  },
  { title: 'headers over 128 kB', bytes: `${start}X-Long: ${many('a', 132_000)}\r\n\r\n`, status: 431 },
  {
    title: '10,000 headers of 20 bytes',
    bytes: `${start}${many('X-Header-Of-Many: a\r\n', 10_000)}\r\n`,
    status: 431,
  },
  {
    title: 'a target over 128 kB',
    bytes: `GET /${many('a', 132_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    status: 431,
  },
];
