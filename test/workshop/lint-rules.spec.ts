import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** path of the file, its text, the rule that must fire (none: the file is in order), words of the remedy */
type Case = [path: string, text: string, rule: string | undefined, remedy: string];

const long = Array.from({ length: 251 }, (_, line) => `export const line${line} = ${line};`).join('\n');

const cases: Case[] = [
  ['src/a/any.ts', 'export const a = (b: any): unknown => b;', 'no-explicit-any', 'unknown'],
  ['src/a/bang.ts', 'export const a = (b?: string): string => b!;', 'no-non-null-assertion', ''],
  ['src/a/ignore.ts', '// @ts-expect-error later\nexport const a: string = 1;', 'ban-ts-comment', ''],
  ['src/a/equal.ts', 'export const a = (b: unknown): boolean => b == 1;', 'eqeqeq', '==='],
  ['src/a/open.ts', '// TODO finish\nexport const a = 1;', 'no-warning-comments', ''],
  ['src/a/long.ts', long, 'max-lines', '250'],
  ['src/a/said.ts', 'console.log(1);', 'no-console', ''],
  ['src/cli/said.ts', 'console.log(1);', undefined, ''],
  ['src/a/CamelCase.ts', 'export const a = 1;', 'filename-case', 'kebab'],
  [
    'src/a/env.ts',
    'export const a = process.env;',
    'no-restricted-properties',
    'Declare the variable in src/config',
  ],
  [
    'src/a/env-import.ts',
    "export { env } from 'node:process';",
    'no-restricted-imports',
    'Declare the variable',
  ],
  ['src/config/env.ts', 'export const a = process.env;', undefined, ''],
  ['tools/env.ts', 'export const a = process.env;', undefined, ''],
  [
    'src/a/cycle.ts',
    "import { forwardRef } from '@nestjs/common';\nexport const a = forwardRef;",
    'no-restricted-imports',
    'move what both need',
  ],
  [
    'src/infrastructure/mongo/cycle.ts',
    "import { forwardRef } from '@nestjs/common';\nexport const a = forwardRef;",
    'no-restricted-imports',
    'move what both need',
  ],
  [
    'src/modules/a/a.module.ts',
    "import { Global } from '@nestjs/common';\nexport const a = Global;",
    'no-restricted-imports',
    'Only config, logging and infrastructure are global',
  ],
  [
    'src/infrastructure/a.module.ts',
    "import { Global } from '@nestjs/common';\nexport const a = Global;",
    undefined,
    '',
  ],
  [
    'src/modules/a/a.service.ts',
    "import { NotFoundException } from '@nestjs/common';\nexport const a = NotFoundException;",
    'no-restricted-imports',
    'Throw a DomainError',
  ],
  [
    'src/modules/a/a.repository.ts',
    "import { ConflictException } from '@nestjs/common';\nexport const a = ConflictException;",
    'no-restricted-imports',
    'Throw a DomainError',
  ],
  [
    'src/modules/a/b.service.ts',
    "import mongoose from 'mongoose';\nexport const a = mongoose.trusted({});",
    'no-restricted-properties',
    'move the operator into a repository',
  ],
  [
    'src/modules/a/c.service.ts',
    "import { trusted } from 'mongoose';\nexport const a = trusted({});",
    'no-restricted-imports',
    'move the operator into a repository',
  ],
  [
    'src/modules/a/d.repository.ts',
    "import mongoose, { trusted } from 'mongoose';\nexport const a = [mongoose.trusted({}), trusted({})];",
    undefined,
    '',
  ],
  [
    'src/a/only.spec.ts',
    "import { expect, it } from 'vitest';\nit.only('a', () => expect(1).toBe(1));",
    'no-focused-tests',
    '',
  ],
  [
    'src/a/skip.spec.ts',
    "import { expect, it } from 'vitest';\nit.skip('a', () => expect(1).toBe(1));",
    'no-disabled-tests',
    '',
  ],
];

interface Diagnostic {
  filename: string;
  code: string;
  words: string;
}

let room: string;
let diagnostics: Diagnostic[];
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), 'nexus-lint-'));
  copyFileSync(join(root, '.oxlintrc.json'), join(room, '.oxlintrc.json'));
  for (const [path, text] of cases) {
    mkdirSync(dirname(join(room, path)), { recursive: true });
    writeFileSync(join(room, path), `${text}\n`);
  }
  diagnostics = lint(room);
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('the lint rules', () => {
  it.each(cases)('%s', (path, _text, rule, remedy) => {
    const found = diagnostics.filter(({ filename }) => filename === path);
    expect(found.map(({ code }) => /\((.+)\)/.exec(code)?.[1])).toEqual(rule === undefined ? [] : [rule]);
    expect(found.map(({ words }) => words).join('')).toContain(remedy);
  });
});

/** Everything the project's own configuration says of a folder, as oxlint's JSON report has it. */
function lint(folder: string): Diagnostic[] {
  const binary = join(root, 'node_modules/oxlint/bin/oxlint');
  const { stdout, stderr } = spawnSync(process.execPath, [binary, '--format=json'], {
    cwd: folder,
    encoding: 'utf8',
  });
  const report: unknown = JSON.parse(stdout === '' ? `{"unreadable": ${JSON.stringify(stderr)}}` : stdout);
  if (!isRecord(report) || !Array.isArray(report['diagnostics'])) throw new Error(`oxlint said: ${stderr}`);
  return report['diagnostics'].filter(isRecord).map(({ filename, code, message, help }) => ({
    filename: String(filename),
    code: String(code),
    words: `${String(message)} ${String(help)}`,
  }));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
