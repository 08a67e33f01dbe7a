import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from './client.js';

/** One of the built programs as a process of its own, its JSON log lines read as they come. */
export class Program implements AsyncDisposable {
  readonly lines: Json[] = [];
  errorOutput = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(script: string, environment: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, ['--enable-source-maps', script], {
      // Nothing of this process's own environment but what a program needs to run at all.
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    const { stdout, stderr } = this.child;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
    createInterface(stdout).on('line', (line) => this.lines.push(parse(line)));
    stderr.on('data', (chunk: Buffer) => (this.errorOutput += chunk.toString()));
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the program did not start');
    return this.child.pid;
  }

  /** The first line that fits. @throws Error with all lines when none comes in time. */
  async line(fits: (line: Json) => boolean, milliseconds = 60_000): Promise<Json> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      const found = this.lines.find(fits);
      if (found !== undefined) return found;
      if (Date.now() > deadline || this.child.exitCode !== null) {
        throw new Error(
          `no such line:\n${this.lines.map((line) => JSON.stringify(line)).join('\n')}\n${this.errorOutput}`,
        );
      }
      await sleep(10);
    }
  }

  /** The address that the program says it listens on. */
  async url(): Promise<string> {
    const line = await this.line(({ message }) => String(message) === 'listening');
    return String(line.url);
  }

  /** Its exit status, or the signal that ended it. */
  async exit(): Promise<number | string> {
    const [status, signal] = await this.exited;
    return typeof status === 'number' ? status : String(signal);
  }

  async end(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal);
    return this.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await this.end('SIGKILL');
  }
}

function parse(line: string): Json {
  try {
    return JSON.parse(line);
  } catch {
    return { unreadable: JSON.parse(JSON.stringify(line)) };
  }
}
