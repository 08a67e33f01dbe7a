import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');
const block = /^```(ts|diff)\n([^]*?)^```$/gm;

/** What a guide tells its reader to do to one file. */
export interface SourceStep {
  readonly path: string;
  readonly kind: 'ts' | 'diff';
  readonly content: string;
}

/** The steps of one section of a guide, in their order; the file of each is the last one named before it. */
export function sourceStepsOf(page: string, heading: string): SourceStep[] {
  const text = readFileSync(join(root, 'docs/guide', page), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`${page} has no section '${heading}'`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(block)].map(({ 1: kind, 2: content = '', index }) => {
    const path = [...own.slice(0, index).matchAll(/`(src\/[\w./-]+\.ts)`/g)].at(-1)?.[1];
    if (path === undefined) throw new Error(`${page}: no file is named before:\n${content}`);
    return { path, kind: kind === 'ts' ? 'ts' : 'diff', content };
  });
}

/** A copy of this service's source, to be changed and built. */
export class SourceCopy implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'nexus-copy-'));

  constructor() {
    for (const name of ['src', 'package.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json']) {
      cpSync(join(root, name), join(this.folder, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.folder, 'node_modules'));
  }

  /** @throws Error when a difference does not fit the file as it is. */
  follow({ path, kind, content }: SourceStep): void {
    const file = join(this.folder, path);
    // A file that the guide makes is not there yet.
    if (kind === 'ts') writeFileSync(file, content, { flag: 'wx' });
    else writeFileSync(file, changed(readFileSync(file, 'utf8'), content, path));
  }

  /** Type check and all. @throws Error with what the compiler says. */
  build(): void {
    const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
    execFileSync(process.execPath, [nest, 'build'], { cwd: this.folder, stdio: 'pipe', encoding: 'utf8' });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Each part of the difference, between lines of '@@', stands at the one place where its old lines are. */
function changed(text: string, difference: string, path: string): string {
  return difference.split('@@\n').reduce((before, part) => {
    const lines = part.split('\n').filter((line) => line !== '');
    const sideOf = (sign: string) =>
      lines.filter((line) => !line.startsWith(sign)).map((line) => `${line.slice(1)}\n`);
    const [old, next] = [sideOf('+').join(''), sideOf('-').join('')];
    const places = before.split(old).length - 1;
    if (places !== 1) throw new Error(`${path} has ${places} places like this:\n${old}`);
    return before.replace(old, () => next);
  }, text);
}
