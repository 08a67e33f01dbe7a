import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** A terminal in which somebody follows a guide: what one block sets, the next one has. */
export class Shell implements AsyncDisposable {
  private readonly bash: ChildProcessWithoutNullStreams;
  private output = '';
  private heard: () => void = () => undefined;

  constructor(folder: string, variables: Readonly<Record<string, string>>) {
    const env = { PATH: process.env['PATH'], HOME: folder, ...variables };
    this.bash = spawn('bash', ['--noprofile', '--norc', '-u', '-o', 'pipefail'], { cwd: folder, env });
    const hear = (chunk: Buffer): void => {
      this.output += chunk.toString();
      this.heard();
    };
    this.bash.stdout.on('data', hear);
    this.bash.stderr.on('data', hear);
    this.bash.on('exit', () => this.heard());
  }

  /** What the commands print. @throws Error when one of them fails, or when they take longer than 20 seconds. */
  async run(commands: string): Promise<string> {
    this.output = '';
    // A block's last status counts; what is read from its own input must not be the next block.
    this.bash.stdin.write(`{ ${commands}\n} </dev/null; printf '\\n::end %s\\n' $?\n`);
    const end = /\n?::end (\d+)\n$/;
    const deadline = setTimeout(() => this.bash.kill('SIGKILL'), 20_000);
    try {
      while (!end.test(this.output)) {
        if (this.bash.exitCode !== null || this.bash.signalCode !== null) {
          throw new Error(`the shell ended over:\n${commands}\n${this.output}`);
        }
        await new Promise<void>((resolve) => (this.heard = resolve));
      }
    } finally {
      clearTimeout(deadline);
    }
    const [, status] = end.exec(this.output) ?? [];
    const printed = this.output.replace(end, '');
    if (status !== '0') throw new Error(`status ${status} of:\n${commands}\n${printed}`);
    return printed.trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.bash.exitCode !== null || this.bash.signalCode !== null) return;
    const ended = new Promise((resolve) => this.bash.once('exit', resolve));
    this.bash.stdin.end();
    await ended;
  }
}
