import type { Case } from './requests.js';

type WholeBody = Pick<Case, 'title' | 'body' | 'headers' | 'statuses' | 'code' | 'field'>;

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const json = (fields: object) => JSON.stringify(fields);

/** Bodies that no route takes. `valid` is one that the route would take. */
export function wholeBodies(valid: Readonly<Record<string, unknown>>): WholeBody[] {
  const text = json(valid);
  const malformed = (title: string, body: string | Buffer): WholeBody => ({
    title,
    body,
    statuses: [400],
    code: /^(INVALID_JSON|INVALID_BODY)$/,
  });
  const unexpected = (field: string, value: unknown): WholeBody => ({
    title: `the field ${field}`,
    // Computed, and so a field of its own even when it is called __proto__.
    body: `${text.slice(0, -1)}${text === '{}' ? '' : ','}${JSON.stringify(field)}:${JSON.stringify(value)}}`,
    statuses: [400],
    field,
  });
  return [
    malformed('nothing but a brace', '{'),
    malformed('cut off', text.slice(0, -1)),
    malformed('twice', `${text}${text}`),
    malformed('null', 'null'),
    malformed('text', '"a"'),
    malformed('a number', '9007199254740993'),
    malformed('NaN', 'NaN'),
    malformed('a trailing comma', '{"a":1,}'),
    malformed('a NUL after it', `${text}\u0000`),
    malformed('__proto__', '{"__proto__":{"isAdmin":true}}'),
    malformed('__proto__ spelled otherwise', String.raw`{"\u005f_proto__":{"isAdmin":true}}`),
    malformed('__proto__ deep within', '{"a":[{"__proto__":{"isAdmin":true}}]}'),
    malformed('constructor.prototype', '{"constructor":{"prototype":{"isAdmin":true}}}'),
    malformed(
      'invalid UTF-8',
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    ),
    malformed(
      'half a surrogate pair in UTF-8',
      Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]),
    ),
    malformed('UTF-16', Buffer.from(text, 'utf16le')),
    { title: 'a list', body: `[${text}]`, statuses: [400] },
    { title: 'nothing', body: '', statuses: [400] },
    { title: '33 levels', body: nested(33), statuses: [400], code: /^BODY_TOO_DEEP$/ },
    { title: '100,000 levels', body: '['.repeat(100_000), statuses: [400], code: /^BODY_TOO_DEEP$/ },
    {
      title: '101 fields',
      body: json({
        ...valid,
        ...Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, 1])),
      }),
      statuses: [400],
    },
    unexpected('$where', 'sleep(1000)'),
    unexpected('$ne', null),
    unexpected('isAdmin', true),
    unexpected('_id', '0'.repeat(24)),
    unexpected('constructor', 1),
    unexpected('toString', 1),
    unexpected('hasOwnProperty', 1),
    unexpected('a.b', 1),
    unexpected('a\u0000', 1),
    {
      title: 'more bytes than any route takes, as they are announced',
      body: '{}',
      headers: { 'content-length': '1000000000' },
      statuses: [413],
      code: /^PAYLOAD_TOO_LARGE$/,
    },
  ];
}
