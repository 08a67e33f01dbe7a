import { describe, expect, it } from 'vitest';
import { Clock } from './clock.js';

const minutes = 60_000;

function shared(milliseconds: number): Date {
  return new Date(Date.now() + milliseconds);
}

describe('the shared time', () => {
  it("is this process's own until another was told", () => {
    const clock = new Clock();
    expect(Math.abs(clock.now().getTime() - Date.now())).toBeLessThan(1_000);
    expect(clock.lead).toBe(0);
  });

  it.each([5 * minutes, -5 * minutes])('is the one that was told, %d ms away', (away) => {
    const clock = new Clock();
    const now = performance.now();
    clock.follow(shared(away), now, now);
    expect(Math.abs(clock.now().getTime() - shared(away).getTime())).toBeLessThan(1_000);
    expect(Math.abs(clock.lead + away)).toBeLessThan(1_000);
  });

  it('is not moved by an answer that took long, and is by one that is certain', () => {
    const clock = new Clock();
    const now = performance.now();
    clock.follow(shared(0), now, now);
    const before = clock.lead;
    clock.follow(shared(0), now - 10_000, now + 10_000);
    expect(Math.abs(clock.lead - before)).toBeLessThan(1_000);
    clock.follow(shared(2 * minutes), now, now);
    expect(Math.abs(clock.lead + 2 * minutes)).toBeLessThan(1_000);
  });
});
