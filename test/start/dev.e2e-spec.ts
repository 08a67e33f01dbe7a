import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRecords } from '../../tools/services/process/records.js';
import { waitUntil } from '../../tools/services/process/wait.js';
import { lives, StandInRun } from './support/stand-in-run.js';

let run: StandInRun;
beforeEach(() => {
  run = new StandInRun();
});
afterEach(() => run.remove());

it('compiles on change and starts the programs again; errors leave them as they are', async () => {
  const source = join(run.folder, 'src/main.ts');
  const options = {
    strict: true,
    noEmitOnError: true,
    module: 'nodenext',
    rootDir: 'src',
    outDir: 'dist',
    types: [],
  };
  mkdirSync(join(run.folder, 'src'));
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(run.folder, 'node_modules'));
  writeFileSync(
    join(run.folder, 'tsconfig.build.json'),
    JSON.stringify({ compilerOptions: options, include: ['src'] }),
  );
  writeFileSync(source, 'export const answer = 1;\n');

  const program = await run.start({ env: { ROOT: run.folder } });
  await program.prints(/Watching src/);
  // The compiler's first pass finds no output yet.
  await program.prints(/Compiled\. Starting API and worker again\.[\s\S]*ready again[\s\S]*ready again/);
  const first = run.pids().slice(-2);

  writeFileSync(source, 'export const answer: string = 1;\n');
  await program.prints(/src\/main\.ts.*TS2322[\s\S]*1 compile error\(s\)/);
  expect(readFileSync(join(run.folder, 'dist/main.js'), 'utf8')).toContain('answer = 1');
  expect(first.filter(lives)).toEqual(first);

  writeFileSync(source, 'export const answer = 2;\n');
  expect(
    await waitUntil(
      () => run.pids().filter((pid) => !first.includes(pid) && lives(pid)).length === 2,
      15_000,
    ),
  ).toBe(true);
  expect(first.filter(lives)).toEqual([]);
  expect(readFileSync(join(run.folder, 'dist/main.js'), 'utf8')).toContain('answer = 2');

  const compiler = readRecords(join(run.folder, 'app')).find(({ name }) => name === 'compiler')?.pid ?? 0;
  expect(lives(compiler)).toBe(true);
  program.signal('SIGINT');
  expect(await program.exited).toBe(0);
  expect([compiler, ...run.pids()].filter(lives)).toEqual([]);
});
