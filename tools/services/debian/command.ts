import { execFile } from 'node:child_process';

export interface CommandOptions {
  env: NodeJS.ProcessEnv;
  cwd?: string;
  /** As whom, when not as ourselves. */
  uid?: number;
  gid?: number;
}

const OUTPUT_LIMIT_BYTES = 64_000_000;
const WORDS_LIMIT = 600;

/**
 * Runs a program to its end and gives what it wrote to its standard output.
 * @throws CommandError with the program's own words when it fails or can't be started.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const settings = { ...options, encoding: 'utf8' as const, maxBuffer: OUTPUT_LIMIT_BYTES };
    execFile(command, args, settings, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          new CommandError(command, args, stderr.trim() === '' ? error.message : stderr.trim(), error.code),
        );
    });
  });
}

export class CommandError extends Error {
  override readonly name = 'CommandError';

  constructor(
    command: string,
    args: readonly string[],
    readonly words: string,
    readonly code: string | number | null | undefined,
  ) {
    super(`${command} ${args.slice(0, 4).join(' ')} failed: ${words.slice(-WORDS_LIMIT)}`);
  }
}

/** Runs `work` over all items, at most `width` at once; the first failure is the failure of all. */
export async function inParallel<T>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const lane = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, lane));
}
