import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { step } from './progress.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a step of the set-up', () => {
  it('is told at once, and every two seconds with what it has done', async () => {
    const lines: string[] = [];
    let bytes = 0;
    const work = step(
      (line) => void lines.push(line),
      'Downloading',
      () => new Promise<string>((resolve) => setTimeout(() => resolve('done'), 5_000)),
      () => `${(bytes += 5)} of 20 MB`,
    );
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await work).toBe('done');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lines).toEqual(['Downloading', 'Downloading: 5 of 20 MB (2 s)', 'Downloading: 10 of 20 MB (4 s)']);
  });

  it('passes a failure on and falls silent', async () => {
    const lines: string[] = [];
    await expect(
      step(
        (line) => void lines.push(line),
        'Trying',
        () => Promise.reject(new Error('no')),
      ),
    ).rejects.toThrow('no');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(lines).toEqual(['Trying']);
  });
});
