import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Parameter } from './document.js';
import { exampleOf } from './document.js';
import { bodyOf } from './fields.js';
import { absent, Ground } from './ground.js';
import { jsonOf } from './hostile-values.js';
import type { Case } from './requests.js';

let ground: Ground;

beforeAll(async () => {
  ground = await Ground.start();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

/** In place of an id. Written into the path as they are. */
const hostileIds: readonly (readonly [title: string, text: string])[] = [
  ['12 characters', 'abcdefghijkl'],
  ['12 bytes in other letters', '%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9'],
  ['24 characters of which one is no digit', `${'0'.repeat(23)}g`],
  ['capitals', 'A'.repeat(24)],
  ['25 digits', '0'.repeat(25)],
  ['a line break at its end', `${absent}%0A`],
  ['a NUL at its end', `${absent}%00`],
  ['a NUL', '%00'],
  ['a space', '%20'],
  ['$ne', '%7B%22%24ne%22%3Anull%7D'],
  ['$where', '$where'],
  ['$ne in brackets', '[$ne]'],
  ['2^53+1', '9007199254740993'],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['undefined', 'undefined'],
  ['an object’s text', '[object%20Object]'],
  ['a way up', '..%2f..%2f..%2fetc%2fpasswd'],
  ['a way up, with dots spelled out', '%2e%2e%2f%2e%2e%2fpackage.json'],
  ['a way up for Windows', '..%5c..%5cpackage.json'],
  ['a tag', '%3Cscript%3Ealert(1)%3C%2Fscript%3E'],
  ['a line break and a header', 'a%0D%0ASet-Cookie:%20a=b'],
  ['a quote', '%27%20OR%201%3D1--'],
  ['a colon as in Redis', '*%3A*'],
];

const badEncodings: readonly (readonly [title: string, text: string])[] = [
  ['no hexadecimal digits', '%zz'],
  ['one digit', '%4'],
  ['a lone percent sign', '%'],
  ['a lone byte of UTF-8', '%FF'],
  ['half a surrogate pair in UTF-8', '%ED%A0%80'],
  ['a slash in two bytes', '%C0%AF'],
];

/** Clients choose the ids of their schedules. */
const nameOfSchedule = /\/schedules\/[a-z0-9][a-z0-9-]*$/;

/** In place of a parameter's value in the query, whatever it is for. */
function hostileQueries({
  name,
  schema,
}: Parameter): (readonly [title: string, query: string, field: string])[] {
  const good = encodeURIComponent(String(exampleOf(schema)));
  const own = (title: string, value: string) => [title, `${name}=${value}`, name] as const;
  const operator = (key: string) => [key, `${name}[${key}]=${good}`, `${name}[${key}]`] as const;
  const text = schema.enum === undefined && schema.type === 'string';
  return [
    ['twice', `${name}=${good}&${name}=${good}`, name],
    ['a list', `${name}[]=${good}`, `${name}[]`],
    ['$ne spelled out', `${name}%5B%24ne%5D=`, `${name}[$ne]`],
    ...['$ne', '$gt', '$where', '$regex', '__proto__', 'constructor', '0'].map(operator),
    own('10,000 characters', 'a'.repeat(10_000)),
    ...(text
      ? []
      : [
          '',
          '%00',
          '1%00',
          '%0A1',
          '1e1',
          '0x1',
          '1.0',
          '+1',
          '%201',
          '-1',
          'NaN',
          '9007199254740993',
          'null',
          '{}',
          '__proto__',
          'constructor',
        ].map((value) => own(`'${value}'`, value))),
  ];
}

const waysOut = [
  '/../../../../etc/passwd',
  '/api/../../../../etc/passwd',
  '/docs/../../../../etc/passwd',
  '/docs/../package.json',
  '/docs/..%2f..%2f..%2fpackage.json',
  '/docs/%2e%2e/%2e%2e/package.json',
  '/docs/..%5c..%5cpackage.json',
  '/docs/....//....//package.json',
  '/docs/%252e%252e%252fpackage.json',
  '/docs//etc/passwd',
  '/docs/package.json',
  '/docs/README.md',
  '/docs/absolute-path.js',
  '/docs/%00',
  '/docs/index.html%00.png',
  '/.env',
  '/.git/config',
  '/package.json',
  '/node_modules/bcrypt/package.json',
  '//etc/passwd',
  '/\\..\\..\\etc\\passwd',
  '/api//users',
  '/api/./users',
  '/api/users/../users/me/..;/',
  '/api/users;a=b',
  '/admin/queues/../../package.json',
  '/admin/queues/static/..%2f..%2fpackage.json',
  '/health/../api/users',
  '*',
];

const call = (title: string, path: string, rest: Partial<Case> = {}): Case => ({
  title,
  method: 'GET',
  path,
  statuses: [400],
  ...rest,
});

describe('a path', { timeout: 120_000 }, () => {
  const places = () =>
    ground.operations.flatMap((operation) =>
      [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({ operation, name })),
    );

  const casesOf = (texts: typeof hostileIds, expected: (name: string) => Partial<Case>): Case[] =>
    places().flatMap(({ operation, name }) =>
      texts.map(([what, text]) =>
        call(`${operation.title} {${name}}: ${what}`, ground.pathOf(operation, { [name]: text }), {
          method: operation.method,
          ...(operation.body !== undefined && { body: jsonOf(bodyOf(operation)) }),
          ...expected(name),
        }),
      ),
    );

  it('with a hostile id is a 400, and with a hostile name of a queue a 404', async () => {
    const before = await ground.belongings();
    const ofSchedules = /\/schedules\/\{id\} \{id\}/;
    const cases = casesOf(hostileIds, (name) =>
      name === 'queue' ? { statuses: [404], code: /^QUEUE_NOT_FOUND$/ } : { code: /^INVALID_ID$/ },
    ).filter(({ title, path }) => !(ofSchedules.test(title) && nameOfSchedule.test(path)));
    expect(cases.length).toBeGreaterThan(700);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('whose encoding is broken is a 400', async () => {
    const cases = casesOf(badEncodings, () => ({ code: /^BAD_REQUEST$/ }));
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });

  it('leads to no file and out of no folder', async () => {
    const cases = waysOut.map((path) => call(path, path, { statuses: [400, 401, 403, 404, 405] }));
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });
});

describe('a query', { timeout: 120_000 }, () => {
  const queried = () => ground.operations.filter(({ isProbe, path }) => !isProbe && path.startsWith('/api/'));

  it('with a hostile value for a parameter is a 400 that names it', async () => {
    const before = await ground.belongings();
    const cases = queried().flatMap((operation) =>
      operation.parameters
        .filter((parameter) => parameter.in === 'query')
        .flatMap((parameter) =>
          hostileQueries(parameter).map(([what, query, field]) =>
            call(`${operation.title} ${parameter.name}: ${what}`, `${ground.pathOf(operation)}?${query}`, {
              method: operation.method,
              field,
            }),
          ),
        ),
    );
    expect(cases.length).toBeGreaterThan(700);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('that nobody asked for is a 400 that names it, on every route', async () => {
    const before = await ground.belongings();
    const unexpected = [
      ['$where', '$where=1'],
      ['__proto__', '__proto__=1'],
      ['__proto__[isAdmin]', '__proto__[isAdmin]=1'],
      ['constructor', 'constructor=1'],
      ['constructor[prototype][isAdmin]', 'constructor[prototype][isAdmin]=1'],
      ['toString', 'toString=1'],
      ['access_token', 'access_token=eyJ'],
      ['_method', '_method=DELETE'],
      ['\u0000', '%00=1'],
    ] as const;
    const cases = queried().flatMap((operation) =>
      unexpected.map(([field, query]) =>
        call(`${operation.title} ?${query}`, `${ground.pathOf(operation)}?${query}`, {
          method: operation.method,
          ...(operation.body !== undefined && { body: jsonOf(bodyOf(operation)) }),
          field,
        }),
      ),
    );
    expect(cases.length).toBeGreaterThan(400);
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
    expect(await ground.belongings()).toEqual(before);
  });

  it('whose encoding is broken is a 400', async () => {
    const texts = queried().flatMap((operation) =>
      operation.parameters
        .filter((parameter) => parameter.in === 'query')
        .flatMap((parameter) => badEncodings.map(([what, text]) => ({ operation, parameter, what, text }))),
    );
    const cases = texts.map(({ operation, parameter, what, text }) =>
      call(
        `${operation.title} ${parameter.name}: ${what}`,
        `${ground.pathOf(operation)}?${parameter.name}=${text}`,
        {},
      ),
    );
    expect(await ground.caller.problemsOf(cases)).toEqual([]);
  });
});
