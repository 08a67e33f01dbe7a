import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, renameSync, statSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, ownIdentity } from './identity.js';
import { removeRecord, writeRecord } from './records.js';
import type { User } from './user.js';

const LOG_LIMIT_BYTES = 10_000_000;
const TAIL_BYTES = 2_000;
const TAIL_LINES = 6;

export interface ChildSpec {
  /** Also the name of its log and pid files. */
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** Holds logs/ and run/. */
  folder: string;
  cwd: string;
  user: User | null;
  /** What asks this program for its quick clean end. */
  stopSignal: 'SIGTERM' | 'SIGINT';
  /** true: its standard input is a pipe from us, so that it sees the end of it when we die. */
  lifeline?: boolean;
}

/**
 * A service process in a process group of its own (a Ctrl-C in the terminal must not reach it before its users have
 * drained), with its output in a log file and a record that a later run can find it by.
 */
export class ServiceChild {
  readonly exited: Promise<string>;
  readonly pid: number;
  private ended = false;

  private constructor(
    private readonly spec: ChildSpec,
    private readonly child: ChildProcess,
    private readonly log: { path: string; from: number },
    pid: number,
  ) {
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended = true;
        removeRecord(spec.folder, spec.name);
        resolve(signal === null ? `ended with code ${code ?? 'unknown'}` : `was ended by ${signal}`);
      });
    });
  }

  /** @throws Error when the program can't be started at all. */
  static async start(spec: ChildSpec): Promise<ServiceChild> {
    const path = join(spec.folder, 'logs', `${spec.name}.log`);
    mkdirSync(join(spec.folder, 'logs'), { recursive: true });
    const from = rotate(path);
    const output = openSync(path, 'a', 0o600);
    try {
      const child = spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        env: spec.env,
        detached: true,
        stdio: [spec.lifeline === true ? 'pipe' : 'ignore', output, output],
        ...spec.user,
      });
      const failed = new Promise<Error>((resolve) => child.once('error', resolve));
      const { pid } = child;
      if (pid === undefined) throw new Error(`${spec.name} did not start: ${(await failed).message}`);
      child.stdin?.on('error', () => undefined);
      const identity = identityOf(pid) ?? 'ended';
      writeRecord(spec.folder, {
        name: spec.name,
        pid,
        identity,
        stopSignal: spec.stopSignal,
        owner: ownIdentity(),
      });
      return new ServiceChild(spec, child, { path, from }, pid);
    } finally {
      closeSync(output);
    }
  }

  get alive(): boolean {
    return !this.ended;
  }

  /** Asks for a clean end, waits, then ends it by SIGKILL. */
  async stop(graceMs: number): Promise<void> {
    if (this.ended) return;
    this.child.kill(this.spec.stopSignal);
    const killer = setTimeout(() => this.child.kill('SIGKILL'), graceMs);
    await this.exited;
    clearTimeout(killer);
  }

  /** The last lines that this process wrote, for an error that says why. */
  lastWords(): string {
    const { path, from } = this.log;
    const size = sizeOf(path);
    const start = Math.max(from, size - TAIL_BYTES);
    const buffer = Buffer.alloc(Math.max(0, size - start));
    const file = openSync(path, 'r');
    try {
      readSync(file, buffer, 0, buffer.length, start);
    } finally {
      closeSync(file);
    }
    return buffer.toString('utf8').trim().split('\n').slice(-TAIL_LINES).join('\n');
  }
}

/** Puts a log that has grown too long aside; returns where this run's lines begin. */
function rotate(path: string): number {
  const size = sizeOf(path);
  if (size < LOG_LIMIT_BYTES) return size;
  renameSync(path, `${path}.1`);
  return 0;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
