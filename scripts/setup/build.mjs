import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from './failure.mjs';
import { runProgram } from './program.mjs';

const configuration = [
  'tsconfig.json',
  'tsconfig.build.json',
  'tools/tsconfig.json',
  'nest-cli.json',
  'package-lock.json',
];
const tsc = 'node_modules/typescript/bin/tsc';
const compileCache = 'node_modules/.cache/nexus';

/**
 * Compiles src/ to dist/ and tools/ and bench/ to build/, unless nothing changed since the last time.
 * @param {string} root
 * @param {ReturnType<import('../terminal.mjs').createTerminal>} terminal
 * @param {AbortSignal} signal
 */
export async function build(root, terminal, signal) {
  const sources = ['src', 'tools', 'bench'].flatMap((folder) => compiledFiles(join(root, folder)));
  const stamp = join(root, 'build/.stamp');
  const print = fingerprint(root, sources);
  const missing = sources.filter((source) => !existsSync(outputOf(root, source)));
  if (missing.length === 0 && read(stamp) === print) return;
  // The compiler's own memory says that a removed output is still there.
  if (missing.length > 0)
    for (const folder of ['dist', 'build']) rmSync(join(root, folder, '.tsbuildinfo'), { force: true });

  const step = terminal.step('Build');
  step.update('compiling');
  const compile = (...args) => runProgram(process.execPath, args, { cwd: root, capture: true, signal });
  const results = await Promise.all([
    compile('node_modules/@nestjs/cli/bin/nest.js', 'build'),
    compile(tsc, '-p', 'tools/tsconfig.json'),
  ]);
  const failed = results.some(({ code }) => code !== 0);
  step.done(failed ? undefined : 'compiled');
  if (signal.aborted) return;
  if (failed) throw new Failure(compilerSays(results, 'The build failed.', terminal));
  write(stamp, print);
}

/** Checks the types of everything, tests included, unless nothing changed since the last success. */
export async function checkTypes(root, terminal, signal) {
  const files = ['src', 'test', 'tools', 'bench'].flatMap((folder) => typescriptFiles(join(root, folder)));
  const stamp = join(root, compileCache, 'types.stamp');
  const print = fingerprint(root, [...files, join(root, 'vitest.config.ts')]);
  if (read(stamp) === print) return;

  const step = terminal.step('Types');
  step.update('checking');
  const memory = ['--incremental', '--tsBuildInfoFile', join(compileCache, 'types.tsbuildinfo')];
  const args = [tsc, '-p', 'tsconfig.json', ...memory];
  const result = await runProgram(process.execPath, args, { cwd: root, capture: true, signal });
  step.done(result.code === 0 ? 'checked' : undefined);
  if (signal.aborted) return;
  if (result.code !== 0) throw new Failure(compilerSays([result], 'The type check failed.', terminal));
  write(stamp, print);
}

function typescriptFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function compiledFiles(folder) {
  return typescriptFiles(folder).filter((file) => !file.endsWith('.spec.ts') && !file.endsWith('.d.ts'));
}

function outputOf(root, source) {
  const path = relative(root, source).replace(/ts$/, 'js');
  return path.startsWith('src') ? join(root, 'dist', path.slice('src/'.length)) : join(root, 'build', path);
}

function fingerprint(root, files) {
  const hash = createHash('sha256');
  for (const file of [...files, ...configuration.map((name) => join(root, name))].sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${relative(root, file)} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function compilerSays(results, title, { live }) {
  const failed = results.filter(({ code }) => code !== 0).map(({ output }) => output.trim());
  const output = failed.join('\n');
  const remedy = 'Remedy: mend what the compiler names above, then run the command again.';
  return `${live ? output : stripVTControlCharacters(output)}\n\n${title} ${remedy}`;
}
