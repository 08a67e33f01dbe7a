import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LocalBudgets } from './local-budgets.js';

const small = { key: 'small', limit: 2 };
const large = { key: 'large', limit: 3 };
const minute = 60_000;

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

it('spends one of each or none of any, and tells how long to wait', () => {
  const budgets = new LocalBudgets();
  expect([1, 2].map(() => budgets.reserve([small, large], minute))).toEqual([0, 0]);
  vi.advanceTimersByTime(1_000);
  expect(budgets.reserve([small, large], minute)).toBe(minute - 1_000);
  expect(budgets.reserve([large], minute)).toBe(0);
  expect(budgets.reserve([large], minute)).toBeGreaterThan(0);
});

it('takes back what was spent in vain', () => {
  const budgets = new LocalBudgets();
  for (let round = 0; round < 5; round += 1) {
    expect(budgets.reserve([small], minute)).toBe(0);
    budgets.refund([small]);
  }
  budgets.refund([small]);
  expect([1, 2, 3].map(() => budgets.reserve([small], minute) === 0)).toEqual([true, true, false]);
});

it('begins anew with the next window', () => {
  const budgets = new LocalBudgets();
  for (let round = 0; round < 3; round += 1) budgets.reserve([small], minute);
  vi.advanceTimersByTime(minute);
  expect(budgets.reserve([small], minute)).toBe(0);
});

it('ends when the windows of Redis do', () => {
  const budgets = new LocalBudgets();
  for (let round = 0; round < 2; round += 1) budgets.reserve([small], minute);
  budgets.align([small], [5_000]);
  vi.advanceTimersByTime(4_999);
  expect(budgets.reserve([small], minute)).toBe(1);
  vi.advanceTimersByTime(1);
  expect(budgets.reserve([small], minute)).toBe(0);
});
