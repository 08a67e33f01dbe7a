import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { canUse, type User } from '../../tools/services/process/user.js';
import { waitUntil } from '../../tools/services/process/wait.js';

const BUILD = resolve('build/tools/services');

/** The address of a compiled module of tools/services, for a script's import. */
export function compiled(module: string): string {
  return pathToFileURL(join(BUILD, module)).href;
}

/** Why scripts of this user can't run the compiled services, or null when they can. */
export async function noScripts(user: User | null): Promise<string | null> {
  if (!existsSync(join(BUILD, 'index.js'))) return 'the services are not compiled: npm run build';
  if (user === null) return null;
  for (const path of [process.execPath, join(BUILD, 'debian'), resolve('node_modules/pg')]) {
    if (!(await canUse(user, path, 'execute'))) return `user ${user.uid} can't reach ${path}`;
  }
  return null;
}

/** A program in a process of its own, as Node module text. */
export class Script {
  readonly exited: Promise<number | null>;
  private output = '';

  private constructor(readonly child: ChildProcess) {
    this.exited = new Promise((end) => child.once('close', (code) => end(code)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
  }

  static run(text: string, cwd: string, env: NodeJS.ProcessEnv, user: User | null = null): Script {
    const args = ['--input-type=module', '--eval', text];
    return new Script(
      spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], ...user }),
    );
  }

  get lines(): string[] {
    return this.output.split('\n').filter((line) => line !== '');
  }

  /** @throws Error with the whole output when no such line comes in time. */
  async line(pattern: RegExp, withinMs: number): Promise<string> {
    const find = (): string | undefined => this.lines.find((line) => pattern.test(line));
    await waitUntil(() => find() !== undefined || this.child.exitCode !== null, withinMs);
    const found = find();
    if (found === undefined) throw new Error(`The script never said ${String(pattern)}:\n${this.output}`);
    return found;
  }
}
