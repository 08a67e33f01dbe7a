import { nested } from '../http/wrong-inputs.js';

/** In place of an id or of a queue's name, as they stand in a path. */
export const garbageIds = [
  '42',
  'Z'.repeat(24),
  'F'.repeat(24),
  'a'.repeat(99),
  '0'.repeat(25),
  '%00',
  '%F0%9F%92%A9',
  '%E2%80%AE',
  '__proto__',
  'constructor',
  '%7B%22$ne%22:null%7D',
  "'%20or%20'1'='1",
  '..%2f..%2fetc%2fpasswd',
  '%25s%25n',
  '*',
];

export const garbageQueries = [
  'page=0x10&limit=1e3',
  'page[$gt]=&limit=-1',
  'cursor=%00&sortBy=__proto__',
  'cursor=eyJpZCI6MX0.AAAA&search=%5B',
  '__proto__[admin]=1',
  'limit=1&limit=2&limit=3',
  'userId=42&format=exe&sample=NaN&days=-1&state=%F0%9F%92%A9&from=yesterday',
  `search=${'('.repeat(300)}`,
];

const wholeBodies = [
  'null',
  '[]',
  '0',
  '"text"',
  '{"a":',
  '{}',
  nested(40),
  '{"$where":"sleep(1)"}',
  '{"":{"":{}}}',
];

const garbageValues: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  '',
  '\u0000',
  '\ud800',
  'x'.repeat(10_000),
  { $ne: null },
  { toString: 1 },
  [[]],
  [null, { $gt: '' }, 'a'],
];

/** Bodies that are none, and the example with each of its fields spoilt in turn, those inside of others too. */
export function garbageBodies(example: unknown): unknown[] {
  return [...wholeBodies, ...spoilt(example)];
}

function spoilt(example: unknown): unknown[] {
  if (typeof example !== 'object' || example === null) return [];
  return Object.entries(example).flatMap(([field, value]: [string, unknown]) =>
    [...garbageValues, ...spoilt(value)].map((garbage) =>
      Array.isArray(example) ? [garbage] : { ...example, [field]: garbage },
    ),
  );
}
