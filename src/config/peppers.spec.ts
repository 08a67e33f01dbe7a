import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { peppers } from './peppers.js';

const variable = peppers('API_KEY_PEPPERS', { description: 'Peppers.', requiredInProduction: true });
const secretOf = (letter: string): string => `${letter}0123456789`.repeat(3);

describe('API_KEY_PEPPERS', () => {
  it('reads peppers in their order', () => {
    const read = variable.parse(`v2:${secretOf('b')}, v1:${secretOf('a')}:with:colons`);
    expect(read?.map(({ version }) => version)).toEqual(['v2', 'v1']);
    expect(read?.[1]?.key.export().toString()).toBe(`${secretOf('a')}:with:colons`);
  });

  it('may be absent', () => expect(variable.parse(undefined)).toBeUndefined());

  it('shows no secret when it is logged', () => {
    expect(inspect(variable.parse(`v1:${secretOf('a')}`), { depth: 9 })).not.toContain(secretOf('a'));
  });

  it.each([
    ['no version', secretOf('a'), 'position 1: it must be version:secret'],
    ['an empty version', `:${secretOf('a')}`, 'position 1: it must be version:secret'],
    ['a short secret', `v1:${secretOf('a')},v2:hunter2`, 'position 2: its secret must have at least 32'],
    ['a placeholder', `v1:change-me-${secretOf('a')}`, 'placeholder'],
    ['an empty part', `v1:${secretOf('a')},`, 'position 2'],
    ['a version twice', `v1:${secretOf('a')},v1:${secretOf('b')}`, 'the same version'],
  ])('refuses %s without quoting it', (_name, text, message) => {
    expect(() => variable.parse(text)).toThrow(message);
    expect(() => variable.parse(text)).not.toThrow(/hunter2|0123456789/);
  });
});
