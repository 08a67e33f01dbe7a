import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { statusOfKind } from '../../src/http/failure.js';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(resolve(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const { scripts }: { scripts: Record<string, string> } = JSON.parse(read('package.json'));

describe('the pages', () => {
  it.each(pages)('%s links to files that exist', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !target.startsWith('http'));
    const missing = targets.filter((target) => !existsSync(resolve(root, dirname(page), target)));
    expect(missing).toEqual([]);
  });

  it.each(pages)('%s names npm commands that exist', (page) => {
    const named = [...read(page).matchAll(/npm (?:run )?([a-z0-9]+(?::[a-z0-9]+)*)/g)].map(
      ([, name = '']) => name,
    );
    const own = new Set(['ci', 'install']);
    expect(named.filter((name) => !Object.hasOwn(scripts, name) && !own.has(name))).toEqual([]);
  });

  it('README.md fits on a screen and names both commands', () => {
    expect(read('README.md').split('\n').length).toBeLessThan(50);
    expect(read('README.md')).toMatch(/^npm start\b[^]*^npm test\b/m);
  });

  it('CONTRIBUTING.md maps every folder of src', () => {
    const folders = readdirSync(resolve(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `src/${name}/`);
    expect(folders.filter((folder) => !read('CONTRIBUTING.md').includes(`\`${folder}\``))).toEqual([]);
  });

  it('docs/http.md names every status that a DomainError becomes', () => {
    const named = new Set(
      [...read('docs/http.md').matchAll(/^\| (\d{3}) /gm)].map(([, status]) => Number(status)),
    );
    expect(Object.values(statusOfKind).filter((status) => !named.has(status))).toEqual([]);
  });

  it('every page under docs is reached from the README or from another page', () => {
    const linked = new Set(
      pages.flatMap((page) =>
        [...read(page).matchAll(/\]\(([^)#]+)/g)].map(([, target = '']) =>
          relative(root, resolve(root, dirname(page), target)),
        ),
      ),
    );
    expect(pages.filter((page) => page.startsWith('docs/') && !linked.has(page))).toEqual([]);
  });
});
