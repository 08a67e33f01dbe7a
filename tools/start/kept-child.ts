import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { ownIdentity, identityOf } from '../services/process/identity.js';
import { removeRecord, writeRecord } from '../services/process/records.js';
import type { ChildLog } from './child-log.js';
import { holdsPort } from './port-owner.js';
import { askReadiness } from './readiness.js';
import { StartError } from './start-error.js';
import type { Timing } from './timing.js';

const DEATHS_BEFORE_READY = 3;
const OUTPUT_AFTER_EXIT_MS = 500;

export interface ChildPlan {
  /** Names its log and its record. */
  name: string;
  /** As people call it. */
  title: string;
  command: readonly [program: string, ...args: string[]];
  cwd: string;
  /** Asked before every start; wasReady: an earlier process of this child has been ready. */
  environment(wasReady: boolean): Promise<NodeJS.ProcessEnv>;
  /** The probe that answers 200 once it is ready; asked after environment(). */
  readyUrl(): string;
}

/** One process of the application, in a process group of its own (the terminal's Ctrl-C must not reach it): started again whenever it dies. */
export class KeptChild {
  /** Resolves when it was ready for the first time. */
  readonly firstReady: Promise<void>;
  /** What the readiness probe said last. */
  state = 'starting';

  private readonly stopping = new AbortController();
  private current: ChildProcess | undefined;
  private wake = new AbortController();
  private readyAt: number | undefined;
  private wasReady = false;
  private reloading = false;
  private life: Promise<void> = Promise.resolve();
  private resolveReady: () => void = () => undefined;

  /** @param records the folder in which a later run finds it if this one is killed */
  constructor(
    readonly plan: ChildPlan,
    readonly log: ChildLog,
    private readonly records: string,
    private readonly timing: Timing,
    private readonly say: (line: string) => void,
  ) {
    this.firstReady = new Promise((resolve) => (this.resolveReady = resolve));
  }

  start(): void {
    this.life = this.keep();
    // Told by failure(), to whoever is waiting then.
    this.life.catch(() => undefined);
  }

  /** Never resolves. @throws StartError when it died three times before it was ever ready */
  failure(): Promise<never> {
    return new Promise((_, reject) => void this.life.catch(reject));
  }

  /** Ends it: SIGTERM, then SIGKILL after the grace or at once when hurried. */
  async stop(hurry: AbortSignal): Promise<void> {
    this.stopping.abort();
    this.wake.abort();
    await this.end(this.timing.graceMs, hurry);
    await this.life.catch(() => undefined);
    this.log.close();
  }

  /** Ends the running process and starts a new one at once, without counting it as a death. */
  async reload(graceMs: number): Promise<void> {
    this.reloading = this.current !== undefined;
    this.wake.abort();
    await this.end(graceMs, new AbortController().signal);
  }

  private async end(graceMs: number, hurry: AbortSignal): Promise<void> {
    const child = this.current;
    // One that has ended says so but once; `live` may still be waiting for its last lines.
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const kill = (): void => killGroup(child);
    const timer = setTimeout(kill, graceMs);
    hurry.addEventListener('abort', kill, { once: true });
    if (hurry.aborted) kill();
    else child.kill('SIGTERM');
    await gone;
    clearTimeout(timer);
    hurry.removeEventListener('abort', kill);
  }

  private async keep(): Promise<void> {
    const { title } = this.plan;
    let deaths = 0;
    let waitMs = this.timing.firstPauseMs;
    while (!this.stopping.signal.aborted) {
      const ending = await this.live();
      if (this.stopping.signal.aborted) return;
      if (this.reloading) {
        this.reloading = false;
        continue;
      }
      if (this.readyAt !== undefined && Date.now() - this.readyAt >= this.timing.steadyMs)
        waitMs = this.timing.firstPauseMs;
      deaths += 1;
      if (!this.wasReady && deaths === DEATHS_BEFORE_READY) throw this.gaveUp(ending);
      this.say(`${title} ${ending}; starting it again in ${waitMs / 1000} s.`);
      this.wake = new AbortController();
      await pause(waitMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
      waitMs = Math.min(waitMs * 2, this.timing.lastPauseMs);
    }
  }

  /** One process, from its start to its end; says how it ended. */
  private async live(): Promise<string> {
    const { plan } = this;
    const [program, ...args] = plan.command;
    const env = await plan.environment(this.wasReady);
    if (this.stopping.signal.aborted) return 'was not started';
    this.readyAt = undefined;
    this.state = 'starting';
    const child = spawn(program, args, {
      cwd: plan.cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = this.ending(child);
    if (child.pid !== undefined) {
      this.current = child;
      const identity = identityOf(child.pid) ?? 'ended';
      writeRecord(this.records, {
        name: plan.name,
        pid: child.pid,
        identity,
        stopSignal: 'SIGTERM',
        owner: ownIdentity(),
      });
    }
    void this.watchReadiness(child);
    const words = await ended;
    this.current = undefined;
    removeRecord(this.records, plan.name);
    return words;
  }

  private ending(child: ChildProcess): Promise<string> {
    const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => this.log.add(chunk));
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => this.log.add(chunk));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(`could not be started (${error.message})`));
      child.once('exit', (code, signal) => {
        // A program that it left behind may hold its output open: its last lines come at once or never.
        void Promise.race([closed, pause(OUTPUT_AFTER_EXIT_MS)]).then(() => {
          this.log.flush();
          resolve(signal === null ? `ended with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`);
        });
      });
    });
  }

  private async watchReadiness(child: ChildProcess): Promise<void> {
    for (;;) {
      const url = this.plan.readyUrl();
      const state = await askReadiness(url);
      if (this.current !== child || child.exitCode !== null || child.signalCode !== null) return;
      // Somebody else's service may have taken the port since it was chosen, and be ready itself.
      const isOurs = holdsPort(child.pid ?? 0, Number(new URL(url).port));
      this.state = isOurs ? state : 'starting';
      if (this.state === 'ready') break;
      await pause(this.timing.pollMs);
    }
    this.readyAt = Date.now();
    if (this.wasReady) this.say(`${this.plan.title} is ready again.`);
    this.wasReady = true;
    this.resolveReady();
  }

  private gaveUp(ending: string): StartError {
    const lines = this.log.lastLines(15).map((line) => `  ${line}`);
    return new StartError(
      `${this.plan.title} ${ending}, the ${DEATHS_BEFORE_READY}rd time before it was ever ready. Its last lines:\n` +
        `${lines.join('\n') || '  (it wrote nothing)'}\nAll of them: ${this.log.path}\n` +
        'Remedy: mend what these lines name, then run the command again.',
    );
  }
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
