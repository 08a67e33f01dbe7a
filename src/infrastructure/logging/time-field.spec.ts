import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { timeField } from './time-field.js';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe('the time of a log line', () => {
  it('is that of now, also when the clock was put back', () => {
    const fieldAt = (time: string): string => {
      vi.setSystemTime(time);
      return timeField();
    };
    const times = ['2026-01-02T03:04:05.678Z', '2026-01-02T03:04:05.679Z', '2026-01-02T03:04:05.678Z'];
    expect(times.map(fieldAt)).toEqual(times.map((time) => `,"time":"${time}"`));
  });
});
