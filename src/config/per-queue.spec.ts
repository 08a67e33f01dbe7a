import { expect, it } from 'vitest';
import { concurrencies, queueRates } from './per-queue.js';

const about = { description: 'test' };

it('reads a number a queue', () => {
  const { parse } = concurrencies('TEST', about);
  expect(parse('email:5, data-processing:20')).toEqual(
    new Map([
      ['email', 5],
      ['data-processing', 20],
    ]),
  );
  expect(parse(undefined).size).toBe(0);
});

it('reads a rate a queue', () => {
  expect(queueRates('TEST', about).parse('email:100/1m')).toEqual(
    new Map([['email', { max: 100, duration: 60_000 }]]),
  );
});

it.each(['email', 'email:0', 'email:-1', ':5', 'Email:5'])('refuses %j as a number', (text) => {
  expect(() => concurrencies('TEST', about).parse(text)).toThrow('must');
});

it.each(['email:100', 'email:0/1m', 'email:100/0s', 'email:100/minute', '100/1m'])(
  'refuses %j as a rate',
  (text) => {
    expect(() => queueRates('TEST', about).parse(text)).toThrow('must');
  },
);
