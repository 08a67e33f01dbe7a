import { parseDuration } from './measures.js';
import type { Variable } from './variable.js';

/** So many in each window of that length. */
export interface Rate {
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
}

const off = 'off';
const shortestWindow = 1_000;
const longestWindow = 30 * 24 * 3_600_000;
const largestLimit = 1_000_000_000;

/** '100/15m' -> 100 in 900,000 ms; 'off' -> null. @throws Error for anything else. */
export function parseRateLimit(text: string): Rate | null {
  if (text === off) return null;
  const [, amount = '', span = ''] = /^(\d{1,10})\/(\S+)$/.exec(text) ?? [];
  const limit = Number(amount);
  if (amount === '' || limit < 1 || limit > largestLimit) {
    throw new Error('must be a number and a duration, e.g. 100/15m, or off');
  }
  const window = parseDuration(span);
  if (window < shortestWindow || window > longestWindow) {
    throw new Error('must have a duration from 1s to 30d, e.g. 100/15m');
  }
  return { limit, window };
}

/** A limit that an operator may switch off, though never in production. */
export function rateLimit(
  name: string,
  about: { description: string; default: string },
): Variable<Rate | null> {
  return {
    ...about,
    name,
    unit: 'number/duration, or off outside production',
    secret: false,
    requiredInProduction: false,
    parse: (text) => parseRateLimit(text ?? about.default),
    problemInProduction: (text) => (text === off ? 'may not be off in production' : undefined),
  };
}
