import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { StartedProgram } from './started-program.js';

/** Says that it ran, and writes what a compiler would: one output for each source; fails when a source says so. */
const compiler = (name: string, from: string, to: string): string => `
  const { appendFileSync, cpSync, readFileSync, readdirSync } = require('node:fs');
  appendFileSync('calls', '${name}' + (process.argv.includes('tsconfig.json') ? ' types' : '') + '\\n');
  for (const file of readdirSync('${from}')) {
    const text = readFileSync('${from}/' + file, 'utf8');
    if (text.includes('wrong')) { console.log('${from}/' + file + ': error TS1: this is wrong'); process.exit(2); }
    cpSync('${from}/' + file, '${to}/' + file.replace(/ts$/, 'js'));
  }`;

const start = `export const startLocally = async ({ folder, lock, terminal, watch, env, orphaned }) => {
  lock.update({ url: 'http://stand-in' });
  terminal.line('started ' + JSON.stringify({ folder, watch, setting: env.SETTING, orphaned: orphaned() }));
  if (env.STAY) await new Promise((resolve) => { process.once('SIGTERM', resolve); setInterval(() => {}, 1000); });
  return 7;
};`;

/** A checkout with the real scripts/, whose compiler and test runner are tiny programs that npm links without a network. */
export class Checkout {
  readonly root = mkdtempSync(join(tmpdir(), 'nexus-checkout-'));
  private readonly programs: StartedProgram[] = [];

  constructor() {
    cpSync(join(import.meta.dirname, '../../../scripts'), join(this.root, 'scripts'), { recursive: true });
    for (const name of [
      'tsconfig.json',
      'tsconfig.build.json',
      'tools/tsconfig.json',
      'nest-cli.json',
      'vitest.config.ts',
    ]) {
      this.write(name, '{}');
    }
    this.write('src/main.ts', '');
    this.write('tools/start/main.ts', start);
    this.write('fake/typescript/bin/tsc', compiler('tsc', 'tools/start', 'build/tools/start'));
    this.write('fake/cli/bin/nest.js', compiler('nest', 'src', 'dist'));
    this.write('fake/vitest/vitest.mjs', "console.log('vitest ' + process.argv.slice(2).join(' '));");
    this.dependencies({ typescript: 'fake/typescript', '@nestjs/cli': 'fake/cli', vitest: 'fake/vitest' });
  }

  /** Makes package.json and the lock: each development dependency is a link to a folder. */
  dependencies(folders: Record<string, string>): void {
    const devDependencies = Object.fromEntries(
      Object.entries(folders).map(([name, path]) => [name, `file:${path}`]),
    );
    const project = { name: 'checkout', version: '1.0.0', type: 'module', devDependencies };
    const packages: Record<string, unknown> = { '': project };
    for (const [name, path] of Object.entries(folders)) {
      this.write(join(path, 'package.json'), JSON.stringify({ name, version: '1.0.0' }));
      packages[path] = { name, version: '1.0.0', dev: true };
      packages[`node_modules/${name}`] = { resolved: path, link: true };
    }
    this.write('package.json', JSON.stringify(project));
    this.write(
      'package-lock.json',
      JSON.stringify({ name: 'checkout', version: '1.0.0', lockfileVersion: 3, packages }),
    );
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** What the lock of a started run says. */
  lock(): Record<string, unknown> {
    return Object(JSON.parse(readFileSync(join(this.root, '.nexus/run/start.lock'), 'utf8')));
  }

  /** The compilers that ran since the last question, sorted. */
  calls(): string[] {
    const file = join(this.root, 'calls');
    const calls = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').sort() : [];
    rmSync(file, { force: true });
    return calls;
  }

  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): StartedProgram {
    const { PATH, HOME } = process.env;
    const program = new StartedProgram([join(this.root, 'scripts/run.mjs'), ...args], {
      cwd: this.root,
      env: { PATH, HOME, ...env },
    });
    this.programs.push(program);
    return program;
  }

  /** Runs a command to its end. */
  async result(
    args: readonly string[],
    env: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | string; output: string }> {
    const program = this.run(args, env);
    return { code: await program.exited, output: program.output };
  }

  async destroy(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    this.remove('.');
  }
}
