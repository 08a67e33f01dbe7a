import type { Variable } from './variable.js';

const millisecondsOf = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytesOf = { b: 1, kb: 1_024, mb: 1_048_576 } as const;

function isUnit<Units extends object>(units: Units, unit: string): unit is Extract<keyof Units, string> {
  return Object.hasOwn(units, unit);
}

/** '10m' -> 600,000 milliseconds. @throws Error for anything else than a whole number and ms, s, m, h or d. */
export function parseDuration(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  if (!isUnit(millisecondsOf, unit))
    throw new Error('must be a whole number with ms, s, m, h or d, e.g. 10m');
  return Number(amount) * millisecondsOf[unit];
}

/** '1mb' -> 1,048,576 bytes. @throws Error for anything else than a whole number and b, kb or mb. */
export function parseBytes(text: string): number {
  const [, amount = '', unit = ''] = /^(\d{1,9})(b|kb|mb)$/.exec(text) ?? [];
  if (!isUnit(bytesOf, unit)) throw new Error('must be a whole number with b, kb or mb, e.g. 1mb');
  return Number(amount) * bytesOf[unit];
}

interface About {
  description: string;
  default: string;
}

function measure<Value>(
  name: string,
  about: About,
  unit: string,
  parse: (text: string) => Value,
): Variable<Value> {
  return {
    ...about,
    name,
    unit,
    secret: false,
    requiredInProduction: false,
    parse: (text) => parse(text ?? about.default),
  };
}

/** A span of time; its value is in milliseconds. */
export function duration(name: string, about: About): Variable<number> {
  return measure(name, about, 'duration: ms, s, m, h or d', parseDuration);
}

/** Spans of time in order; the values are in milliseconds. */
export function durations(name: string, about: About): Variable<readonly number[]> {
  return measure(name, about, 'comma-separated durations: ms, s, m, h or d', (text) =>
    text.split(',').map((part) => parseDuration(part.trim())),
  );
}

/** A size; its value is in bytes. */
export function bytes(name: string, about: About): Variable<number> {
  return measure(name, about, 'size: b, kb or mb', parseBytes);
}
