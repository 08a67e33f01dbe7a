import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** The kernel counts CPU time in hundredths of a second on every platform that has /proc. */
const microsecondsPerTick = 10_000;
const endWithin = 10_000;

export interface StartRequest {
  readonly name: string;
  /** Node's arguments: options, then the file to run. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Where its output goes; log lines are written for real, to a file. */
  readonly outputFile: string;
}

/** A server under measurement, in a process of its own. */
export class MeasuredProcess {
  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    private readonly outputFile: string,
  ) {}

  static start({ name, command, env, outputFile }: StartRequest): MeasuredProcess {
    const output = openSync(outputFile, 'a');
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', output, output, 'ipc'] });
    closeSync(output);
    return new MeasuredProcess(name, child, outputFile);
  }

  /** The port that the process sends over its channel. @throws Error when it ends instead. */
  async announcedPort(): Promise<number> {
    const message = await this.nextMessage();
    if (typeof message !== 'object' || message === null || !('port' in message)) {
      throw new Error(`${this.name} sent something else than its port`);
    }
    return Number(message.port);
  }

  /** Sends a message over the channel and gives the next one back. @throws Error when the process ends instead. */
  async ask(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = this.nextMessage();
    this.child.send(message);
    return answer;
  }

  /** @throws Error when the process ends before it sends one. */
  async nextMessage(): Promise<unknown> {
    const received = new AbortController();
    const ended = once(this.child, 'exit', { signal: received.signal }).then(() => {
      throw new Error(this.endedMessage());
    });
    const [message]: unknown[] = await Promise.race([once(this.child, 'message'), ended]).finally(() => {
      ended.catch(() => undefined);
      received.abort();
    });
    return message;
  }

  /** Polls until the address answers 200. @throws Error with the end of its output when it ends or takes 60 s. */
  async untilReady(url: string): Promise<void> {
    const deadline = performance.now() + 60_000;
    while (performance.now() < deadline) {
      if (this.child.exitCode !== null) throw new Error(this.endedMessage());
      const answer = await fetch(url).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${this.name} was not ready within 60 s:\n${this.lastOutput()}`);
  }

  /** CPU time of all its threads so far, in microseconds; undefined where the kernel has no /proc. */
  cpuTime(): number | undefined {
    try {
      const text = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8');
      // The second field, a name, may hold spaces and parentheses: count from its end.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick;
    } catch {
      return undefined;
    }
  }

  /** What it holds of the machine's memory, in bytes; undefined where the kernel has no /proc. */
  memory(): number | undefined {
    try {
      const [, kilobytes] =
        /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8')) ?? [];
      return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
    } catch {
      return undefined;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), endWithin);
    await exited;
    clearTimeout(killer);
  }

  private endedMessage(): string {
    return `${this.name} ended with status ${this.child.exitCode}:\n${this.lastOutput()}`;
  }

  private lastOutput(): string {
    return readFileSync(this.outputFile, 'utf8').slice(-4_000);
  }
}
