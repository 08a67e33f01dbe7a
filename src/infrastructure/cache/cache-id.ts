import { createHash } from 'node:crypto';
import { isPrincipal, principalKey } from '../../common/principal-key.js';

/**
 * The id under which something is cached that follows from these values: equal for equal values, another one for any
 * other. A principal among them counts with all that it may do, so that nobody is given what was made for another.
 * @throws Error for a value that has no fixed text: a function, a Map, an object of a class.
 */
export function cacheIdOf(values: readonly unknown[]): string {
  return createHash('sha256').update(textOf(values)).digest('base64url');
}

function textOf(value: unknown): string {
  if (value === undefined || typeof value === 'number') return String(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== 'object') throw unfit(typeof value);
  if (isPrincipal(value)) return `principal(${JSON.stringify(principalKey(value))})`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unfit(value.constructor.name);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${textOf(field)}`);
  return `{${fields.join()}}`;
}

function unfit(what: string): Error {
  return new Error(`a cached answer cannot be told from others by a ${what}: pass plain values`);
}
