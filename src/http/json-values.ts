import type { FieldError } from '../common/domain-error.js';

/** From here on digits are no longer written out: who sends such a number means its size. */
const beyondDigits = 1e21;

/**
 * What parsed JSON holds that could not be kept as it was sent, each with its path: names that mean something else to
 * the database's driver, or that it cannot write, and numbers that a double has changed.
 */
export function unkeepableOf(value: unknown, path = ''): FieldError[] {
  if (typeof value === 'number') return isKept(value) ? [] : [{ path, message: `${path} is out of range` }];
  if (typeof value !== 'object' || value === null) return [];
  const errors: FieldError[] = [];
  for (const [name, child] of Object.entries(value)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (name === '_bsontype' || name.includes('\u0000')) {
      errors.push({ path: inner, message: `property ${inner} should not exist` });
    } else {
      errors.push(...unkeepableOf(child, inner));
    }
  }
  return errors;
}

function isKept(value: number): boolean {
  const isLargeInteger = Number.isInteger(value) && !Number.isSafeInteger(value);
  return Number.isFinite(value) && !(isLargeInteger && Math.abs(value) < beyondDigits);
}
