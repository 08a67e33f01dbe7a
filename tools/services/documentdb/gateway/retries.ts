import type { Request } from './request.js';

interface Remembered {
  readonly number: bigint;
  readonly answer: Promise<Buffer>;
  bytes: number;
}

/** Answers larger than this are not kept: the engine's own record of the write then stops a second one. */
const LARGEST = 256 * 1024;

/**
 * The last retryable write of each session and its answer, so that the same write sent again, because its answer was
 * lost on the way, is answered and not done again. The engine keeps such a record too, which outlives this process, but
 * only for writes of one statement, and not while the first attempt still runs.
 */
export class RecentWrites {
  private readonly bySession = new Map<string, Remembered>();
  private bytes = 0;

  constructor(
    private readonly maxSessions = 10_000,
    private readonly maxBytes = 16 * 1024 * 1024,
  ) {}

  /** Does the write, or answers as its first attempt did. A failed attempt is not remembered. */
  async once(request: Request, number: bigint, write: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.bySession.get(request.session);
    if (known?.number === number) return known.answer;
    const entry: Remembered = { number, answer: write(), bytes: 0 };
    this.forget(request.session);
    this.bySession.set(request.session, entry);
    try {
      const answer = await entry.answer;
      this.keep(request.session, entry, answer.length);
      return answer;
    } catch (error) {
      if (this.bySession.get(request.session) === entry) this.forget(request.session);
      throw error;
    }
  }

  /** Forgets what a session did. */
  forget(session: string): void {
    const entry = this.bySession.get(session);
    if (entry === undefined) return;
    this.bytes -= entry.bytes;
    this.bySession.delete(session);
  }

  private keep(session: string, entry: Remembered, bytes: number): void {
    if (this.bySession.get(session) !== entry) return;
    if (bytes > LARGEST) {
      this.forget(session);
      return;
    }
    entry.bytes = bytes;
    this.bytes += bytes;
    for (const oldest of this.bySession.keys()) {
      if (this.bytes <= this.maxBytes && this.bySession.size <= this.maxSessions) break;
      this.forget(oldest);
    }
  }
}
