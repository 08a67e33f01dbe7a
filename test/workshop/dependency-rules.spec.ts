import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cruise, type IConfiguration } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cases, type Tree, wellBuilt } from './dependency-rules.cases.js';

const configuration = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as IConfiguration;
const rules = configuration.forbidden ?? [];

let room: string;
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), 'nexus-rules-'));
});
afterAll(() => rmSync(room, { recursive: true, force: true }));

describe('the dependency rules', { timeout: 30_000 }, () => {
  it.each(cases)('$rule', async ({ rule, tree }) => {
    const { violations, text } = await lint(tree);
    expect([...new Set(violations)]).toEqual([rule]);
    expect(text).toContain(firstWords(rules.find(({ name }) => name === rule)?.comment ?? 'no comment'));
  });

  it('let a well-built tree pass', async () => {
    expect((await lint(wellBuilt)).violations).toEqual([]);
  });

  it('are all errors, all say what to do instead, and are all proven above', () => {
    expect(rules.filter(({ severity }) => severity !== 'error')).toEqual([]);
    expect(rules.filter(({ comment }) => !comment || comment.length < 40)).toEqual([]);
    expect(rules.map(({ name }) => name).toSorted()).toEqual(
      [...new Set(cases.map(({ rule }) => rule))].toSorted(),
    );
  });
});

/** Cruises the tree as `npm run lint` cruises the real one: the names of the rules broken and the words shown. */
async function lint(tree: Tree): Promise<{ violations: string[]; text: string }> {
  const baseDir = mkdtempSync(join(room, 'tree-'));
  write(baseDir, tree);
  const folders = [...new Set(Object.keys(tree).map((path) => path.slice(0, path.indexOf('/'))))];
  const options = { ...configuration.options, baseDir, validate: true, ruleSet: { forbidden: rules } };
  const { output } = await cruise(folders, { ...options, outputType: 'err-long' });
  const text = String(output);
  return { violations: [...text.matchAll(/^ *error ([\w-]+): /gm)].map(([, name = '']) => name), text };
}

/** The reporter wraps long lines: the first few words are enough to know the comment by. */
const firstWords = (comment: string): string => comment.split(' ').slice(0, 5).join(' ');

function write(baseDir: string, tree: Tree): void {
  const put = (path: string, content: string): void => {
    mkdirSync(dirname(join(baseDir, path)), { recursive: true });
    writeFileSync(join(baseDir, path), content);
  };
  put(
    'package.json',
    JSON.stringify({
      type: 'module',
      dependencies: { 'a-package': '1.0.0', fastify: '1.0.0' },
      devDependencies: { 'a-dev-package': '1.0.0' },
    }),
  );
  for (const name of ['a-package', 'a-dev-package', 'a-package-of-luck', 'fastify']) {
    put(
      `node_modules/${name}/package.json`,
      JSON.stringify({ name, version: '1.0.0', main: 'lib/util/index.js' }),
    );
    put(`node_modules/${name}/lib/util/index.js`, 'module.exports = {};');
  }
  for (const [path, imports] of Object.entries(tree)) {
    const lines = imports.map(
      (target, index) => `import * as i${index} from '${specifier(path, target)}';\nvoid i${index};`,
    );
    put(path, `${lines.join('\n')}\nexport const name = '${path}';\n`);
  }
}

/** How `from` writes an import of `target`: relative and ending in .js, or the package's own name. */
function specifier(from: string, target: string): string {
  if (!target.endsWith('.ts')) return target;
  return `${'../'.repeat(from.split('/').length - 1)}./${target.replace(/\.ts$/, '.js')}`.replace('/./', '/');
}
