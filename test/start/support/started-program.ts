import { spawn, type ChildProcess } from 'node:child_process';
import { waitUntil } from '../../../tools/services/process/wait.js';

/** A program that a test started, with all that it printed. */
export class StartedProgram {
  output = '';
  readonly pid: number;
  /** The exit code, or the signal's name. */
  readonly exited: Promise<number | string>;
  private readonly child: ChildProcess;

  constructor(args: readonly string[], options: { cwd: string; env: NodeJS.ProcessEnv }) {
    const child = spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid === undefined) throw new Error('the program did not start');
    this.child = child;
    this.pid = child.pid;
    this.exited = new Promise((resolve) =>
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')),
    );
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (this.output += chunk));
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Resolves when the output has the pattern. @throws Error with the output when it doesn't come in time */
  async prints(pattern: RegExp, withinMs = 25_000): Promise<RegExpExecArray> {
    await waitUntil(() => pattern.test(this.output) || !this.alive, withinMs);
    const found = pattern.exec(this.output);
    if (!found)
      throw new Error(
        `${pattern} was not printed; the program ${this.alive ? 'runs' : 'ended'} and said:\n${this.output}`,
      );
    return found;
  }

  /** For afterEach: whatever the test left is ended. */
  async kill(): Promise<void> {
    if (this.alive) this.child.kill('SIGKILL');
    await this.exited;
  }
}
