import { exampleOf, type Schema } from './document.js';
import type { Field } from './fields.js';

/** JSON text that no value of JavaScript is written as. */
export class Verbatim {
  constructor(readonly text: string) {}

  toJSON(): string {
    return `verbatim ${this.text}`;
  }
}

export function jsonOf(body: unknown): string {
  return JSON.stringify(body).replaceAll(/"verbatim ([^"]*)"/g, '$1');
}

/** What a database would take for a question rather than a value. */
const operators: readonly (readonly [string, unknown])[] = [
  ['$ne', { $ne: null }],
  ['$gt', { $gt: '' }],
  ['$where', { $where: 'sleep(1000) || true' }],
  ['$regex', { $regex: '^.*$', $options: 'i' }],
];

/** Only compared, and only as a hash: what nobody can have is wrong, and not malformed. */
const secrets = new Set(['password', 'currentPassword', 'newPassword', 'token', 'refreshToken']);
/** Has lines. */
const letters = new Set(['body']);

type Hostile = readonly (readonly [title: string, value: unknown])[];

const texts: Hostile = [
  ['a number', 7],
  ['true', true],
  ['a list', ['a']],
];

const unprintable: Hostile = [
  ['half a surrogate pair', 'a\ud800@example.com'],
  ['the other half', '\udc00a@example.com'],
  ['a NUL', 'a\u0000'],
  ['a NUL in the middle', 'ada\u0000@example.com'],
  ['an escape', 'a\u001b[2J'],
];

const lineBreaks: Hostile = [
  ['a line break', 'a@example.com\r\nBcc: eve@example.com'],
  ['a line feed', 'a@example.com\nBcc: eve@example.com'],
];

const numbers: Hostile = [
  ['text', '1'],
  ['a list', [1]],
  ['true', true],
  ['a fraction', 1.5],
  ['2^53+1', new Verbatim('9007199254740993')],
  ['-(2^53+1)', new Verbatim('-9007199254740993')],
  ['more than a double holds', new Verbatim('1e400')],
  ['400 digits', new Verbatim('9'.repeat(400))],
];

const lists: Hostile = [
  ['text', 'a'],
  ['an object that looks like a list', { 0: 'a', length: 1 }],
  ['an object of a great length', { length: 1_000_000_000 }],
  ['a list of a list', [[['a']]]],
  ['a list of null', [null]],
];

const objects: Hostile = [
  ['text', 'a'],
  ['a number', 7],
  ['a list', [{}]],
];

const flags: Hostile = [
  ['text', 'true'],
  ['a number', 1],
  ['a list', [true]],
];

const choices: Hostile = [
  ['a member of every object', 'constructor'],
  ['__proto__', '__proto__'],
  ['nothing', ''],
  ['a list', ['a']],
  ['a number', 7],
];

const empty: Hostile = [['null', null]];

/** What must be refused in that place. */
export function hostileValues({ path, schema, required }: Field): Hostile {
  const own = valuesFor(schema, path.at(-1) ?? '');
  if (own === undefined) return [];
  const nothing = required && schema.nullable !== true ? empty : [];
  return [...operators, ...own, ...nothing];
}

function valuesFor(schema: Schema, name: string): Hostile | undefined {
  if (schema.enum !== undefined) return choices;
  switch (schema.type) {
    case 'string':
      return [
        ...texts,
        // Of a secret the document tells how long a good one may be.
        ['too long', 'a'.repeat((secrets.has(name) ? 1_000 : (schema.maxLength ?? 100_000)) + 1)],
        ...(secrets.has(name) ? [] : unprintable),
        ...(secrets.has(name) || letters.has(name) ? [] : lineBreaks),
      ];
    case 'integer':
      return [...numbers, ['too much', (schema.maximum ?? 0) + 1], ['too little', (schema.minimum ?? 0) - 1]];
    case 'array':
      // A list of anything at all may hold a list of null.
      return schema.items?.type === undefined ? lists.slice(0, 3) : lists;
    case 'object':
      return schema.properties === undefined
        ? objects
        : [...objects, ['a field too many', { ...Object(exampleOf(schema)), $where: '1' }]];
    case 'boolean':
      return flags;
    default:
      // Any JSON at all.
      return undefined;
  }
}
