import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { HashingPool } from './hashing-pool.js';

/** Milliseconds of judging that may wait. */
const backlog = 2_000;
const expectedDuration = 20;
/** Milliseconds without a password after which the thread and its word lists go. */
const idleTime = 60_000;

const script = new URL('./password-strength.thread.mjs', import.meta.url);

/**
 * zxcvbn in a thread: its word lists take 0.4 s to load, and one password may take 0.1 s, in which this process would
 * answer nobody. It ends by itself, and holds up no process that ends.
 */
class StrengthThread {
  private readonly queue = new HashingPool({ workers: 1, backlog, expectedDuration });
  private thread: Worker | undefined;
  private idle: NodeJS.Timeout | undefined;

  /** @throws DomainError unavailable / BUSY. */
  async score(password: string, words: readonly string[]): Promise<number> {
    return this.queue.run(async () => {
      clearTimeout(this.idle);
      try {
        return await this.ask({ password, words: [...words] });
      } finally {
        this.idle = setTimeout(() => this.end(), idleTime).unref();
      }
    });
  }

  private async ask(question: { password: string; words: string[] }): Promise<number> {
    const thread = (this.thread ??= this.start());
    const answered = once(thread, 'message');
    thread.postMessage(question, []);
    const [score]: unknown[] = await answered;
    if (typeof score !== 'number') throw new Error('the thread answered something that is no score');
    return score;
  }

  private start(): Worker {
    const thread = new Worker(script, { name: 'password-strength' });
    thread.unref();
    thread.once('exit', () => {
      if (this.thread === thread) this.thread = undefined;
    });
    return thread;
  }

  private end(): void {
    void this.thread?.terminate();
    this.thread = undefined;
  }
}

/** One for the process: the word lists are the same for all that runs in it. */
export const strengthThread = new StrengthThread();
