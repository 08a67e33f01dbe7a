import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { BackgroundService } from './background-service.js';

type Work = () => Promise<void>;

class Chores extends BackgroundService {
  protected override readonly round: Work;
  protected override readonly lastWords: Work;

  constructor(round: Work, lastWords: Work) {
    super({ pause: 1_000, failing: 'the chores fail' });
    this.round = round;
    this.lastWords = lastWords;
  }
}

describe('BackgroundService', () => {
  const done: string[] = [];
  const says =
    (word: string): Work =>
    async () =>
      void done.push(word);
  let warn: MockInstance<Logger['warn']>;

  beforeEach(() => {
    vi.useFakeTimers();
    warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    done.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
    warn.mockRestore();
  });

  it('says its last words after the last round, and begins no other', async () => {
    const chores = new Chores(says('round'), says('last words'));
    chores.onApplicationBootstrap();
    await vi.advanceTimersByTimeAsync(1_000);
    await chores.beforeApplicationShutdown();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(done).toEqual(['round', 'round', 'last words']);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    ['a round', new Chores(() => new Promise(() => undefined), says('last words'))],
    ['the last words', new Chores(says('round'), () => new Promise(() => undefined))],
  ])('does not hold the end of the process when %s never end, and says so', async (_, chores) => {
    chores.onApplicationBootstrap();
    const ended = vi.fn<() => void>();
    void chores.beforeApplicationShutdown().then(ended);
    await vi.advanceTimersByTimeAsync(2_900);
    expect(ended).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(ended).toHaveBeenCalledOnce();
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('still at work'));
  });
});
