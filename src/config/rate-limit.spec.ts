import { describe, expect, it } from 'vitest';
import { parseRateLimit } from './rate-limit.js';
import { InvalidEnvironmentError } from './section.js';
import { checkEnvironment } from './sections.js';

const names = ['RATE_LIMIT_ANONYMOUS', 'RATE_LIMIT_PRINCIPAL', 'RATE_LIMIT_AUTH_FAILURES'];

describe('a rate limit', () => {
  it.each([
    ['100/15m', { limit: 100, window: 900_000 }],
    ['1/1s', { limit: 1, window: 1_000 }],
    ['1000000000/30d', { limit: 1_000_000_000, window: 2_592_000_000 }],
    ['off', null],
  ])('is read from %s', (text, value) => expect(parseRateLimit(text)).toEqual(value));

  it.each([
    '',
    '100',
    '/15m',
    '0/15m',
    '100/',
    '100/15',
    '100/999ms',
    '1/31d',
    '-5/15m',
    '5 / 15m',
    'OFF',
    '1e3/1m',
    '10000000000/1m',
  ])('is not read from %j', (text) => expect(() => parseRateLimit(text)).toThrow(/must/));
});

describe('off', () => {
  const off = Object.fromEntries(names.map((name) => [name, 'off']));

  function problems(environment: Record<string, string>): Record<string, string> {
    try {
      checkEnvironment(environment);
      return {};
    } catch (error) {
      if (!(error instanceof InvalidEnvironmentError)) throw error;
      return Object.fromEntries(error.problems.map(({ variable, message }) => [variable, message]));
    }
  }

  it('is taken outside production', () => expect(problems(off)).toEqual({}));

  it('is refused in production, together with all else that is wrong', () => {
    const found = problems({ ...off, NODE_ENV: 'production', PORT: 'http' });
    for (const name of names) expect(found[name]).toBe('may not be off in production');
    expect(Object.keys(found)).toEqual(expect.arrayContaining(['PORT', 'CURSOR_SECRET']));
  });
});
