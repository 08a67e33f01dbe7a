import type { Report, RunningProcess } from '../service.js';
import { ServiceChild, type ChildSpec } from './child.js';
import { setTimeout as pause } from 'node:timers/promises';

const FIRST_PAUSE_MS = 250;
const LAST_PAUSE_MS = 30_000;
/** A process that lived this long before it died had recovered: the pauses begin again. */
const STEADY_MS = 60_000;
const STOP_GRACE_MS = 10_000;
const POLL_MS = 30;

export interface KeeperSpec {
  child: ChildSpec;
  /** Runs before every start; removes what a killed predecessor left. */
  prepare?: () => Promise<void>;
  /** Resolves when the service answers; rejects while it does not. Called until it resolves. */
  probe: () => Promise<void>;
  readyWithinMs: number;
  supervise: boolean;
  report: Report;
}

/** Starts one service process, waits until it answers and, when asked, starts it again whenever it dies. */
export class Keeper {
  private current: ServiceChild | null = null;
  private readonly stopped = new AbortController();
  private watching: Promise<void> = Promise.resolve();

  private constructor(private readonly spec: KeeperSpec) {}

  /** @throws Error with the last lines of its log when it doesn't answer in time. */
  static async start(spec: KeeperSpec): Promise<Keeper> {
    const keeper = new Keeper(spec);
    const child = await keeper.launch();
    keeper.watching = keeper.watch(child);
    return keeper;
  }

  processes(): RunningProcess[] {
    const { current } = this;
    return current?.alive === true ? [{ name: this.spec.child.name, pid: current.pid }] : [];
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.current?.stop(STOP_GRACE_MS);
    await this.watching;
    // A restart that was under way when stop() came has its process by now.
    await this.current?.stop(STOP_GRACE_MS);
  }

  private async launch(): Promise<ServiceChild> {
    await this.spec.prepare?.();
    const child = await ServiceChild.start(this.spec.child);
    this.current = child;
    const deadline = Date.now() + this.spec.readyWithinMs;
    let reason = 'no answer';
    while (child.alive && Date.now() < deadline && !this.stopped.signal.aborted) {
      try {
        await this.spec.probe();
        return child;
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
        await pause(POLL_MS);
      }
    }
    const words = child.alive
      ? `did not answer within ${this.spec.readyWithinMs / 1_000} s (${reason})`
      : await child.exited;
    await child.stop(STOP_GRACE_MS);
    throw new Error(`${this.spec.child.name} ${words}. Its log ends:\n${child.lastWords()}`);
  }

  private async watch(first: ServiceChild): Promise<void> {
    const { name } = this.spec.child;
    let child: ServiceChild | null = first;
    let wait = FIRST_PAUSE_MS;
    while (!this.stopped.signal.aborted) {
      if (child !== null) {
        const began = Date.now();
        const ending = await child.exited;
        if (this.stopped.signal.aborted) return;
        if (Date.now() - began >= STEADY_MS) wait = FIRST_PAUSE_MS;
        this.spec.report(
          `${name} ${ending}${this.spec.supervise ? `; starting it again in ${wait / 1_000} s` : ''}`,
        );
        if (!this.spec.supervise) return;
      }
      await pause(wait, undefined, { signal: this.stopped.signal }).catch(() => undefined);
      wait = Math.min(wait * 2, LAST_PAUSE_MS);
      if (this.stopped.signal.aborted) return;
      child = await this.relaunch(wait);
    }
  }

  private async relaunch(nextPauseMs: number): Promise<ServiceChild | null> {
    const { name } = this.spec.child;
    try {
      const child = await this.launch();
      this.spec.report(`${name} is up again`);
      return child;
    } catch (error) {
      if (this.stopped.signal.aborted) return null;
      const words = error instanceof Error ? error.message : String(error);
      this.spec.report(`${name} did not come back, next try in ${nextPauseMs / 1_000} s: ${words}`);
      return null;
    }
  }
}
