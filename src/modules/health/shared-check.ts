/** What one check found. `responseTime` is in milliseconds. */
export type CheckOutcome<Value> =
  | { readonly up: true; readonly responseTime: number; readonly value: Value }
  | { readonly up: false; readonly responseTime: number; readonly message: string };

/** Told when the outcome turns; `cause` is why it is down, undefined when it is up again. */
export type ChangeListener = (up: boolean, cause: unknown) => void;

type Answer<Value> =
  { readonly up: true; readonly value: Value } | { readonly up: false; readonly cause: unknown };

/**
 * A question to a dependency that any number of callers may ask at once. Each answer comes within the time limit, and
 * at most one question is on its way: a dependency that is frozen is not asked again before the last question has
 * ended, so that probes cannot pile up on it.
 */
export class SharedCheck<Value> {
  private question: Promise<Answer<Value>> | undefined;
  private outcome: Promise<CheckOutcome<Value>> | undefined;
  private wasUp = true;

  /**
   * @param ask should end soon after its signal is aborted; until it does, callers are told that it is down.
   * @param timeLimit milliseconds
   */
  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<Value>,
    private readonly timeLimit: number,
    private readonly onChange: ChangeListener = () => undefined,
  ) {}

  /** Never rejects. */
  run(): Promise<CheckOutcome<Value>> {
    this.outcome ??= this.decide().finally(() => {
      this.outcome = undefined;
    });
    return this.outcome;
  }

  private async decide(): Promise<CheckOutcome<Value>> {
    const startedAt = performance.now();
    const answer = await this.firstAnswer();
    const responseTime = Math.round(performance.now() - startedAt);
    if (answer.up !== this.wasUp) {
      this.wasUp = answer.up;
      this.onChange(answer.up, answer.up ? undefined : answer.cause);
    }
    if (answer.up) return { up: true, responseTime, value: answer.value };
    // The cause may name hosts and users; it goes to the log, not to whoever may call a probe.
    const message = answer.cause instanceof TimeLimitError ? answer.cause.message : 'cannot be reached';
    return { up: false, responseTime, message };
  }

  private async firstAnswer(): Promise<Answer<Value>> {
    const limit = new AbortController();
    this.question ??= this.settle(limit.signal).finally(() => {
      this.question = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Answer<Value>>((resolve) => {
      timer = setTimeout(() => {
        const cause = new TimeLimitError(this.timeLimit);
        resolve({ up: false, cause });
        limit.abort(cause);
      }, this.timeLimit);
    });
    try {
      return await Promise.race([this.question, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  private async settle(signal: AbortSignal): Promise<Answer<Value>> {
    try {
      return { up: true, value: await this.ask(signal) };
    } catch (cause) {
      return { up: false, cause };
    }
  }
}

class TimeLimitError extends Error {
  constructor(timeLimit: number) {
    super(`no answer within ${timeLimit} ms`);
    this.name = 'TimeLimitError';
  }
}
