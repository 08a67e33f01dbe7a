import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { sections } from '../../../src/config/sections.js';
import { declaredSections, envExample, settingsPage, surroundings } from './pages.js';

const root = resolve(import.meta.dirname, '../../..');
const declared = [...declaredSections(), surroundings];
const described = declared.flatMap((section) => section.variables);
const variables = sections.flatMap((section) => Object.values(section.variables));

// A page that differs fails here; `npx vitest run --project unit test/workshop/settings -u` writes it anew.
describe('the pages about settings say what src/config declares', () => {
  it('.env.example', async () => {
    await expect(envExample(declared)).toMatchFileSnapshot(resolve(root, '.env.example'));
  });

  it('docs/settings.md', async () => {
    const path = resolve(root, 'docs/settings.md');
    const page = await format(settingsPage(declared), { ...(await resolveConfig(path)), filepath: path });
    await expect(page).toMatchFileSnapshot(path);
  });
});

describe('the variables around the service', () => {
  const names = described.map(({ name }) => name);
  const read = (path: string): string => readFileSync(resolve(root, path), 'utf8');

  it('are all that docker-compose.yml asks for', () => {
    const asked = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(asked.filter((name) => name === undefined || !names.includes(name))).toEqual([]);
  });

  it('are all in use', () => {
    const used = `${read('docker-compose.yml')} ${read('scripts/commands.mjs')}`;
    expect(surroundings.variables.map(({ name }) => name).filter((name) => !used.includes(name))).toEqual([]);
  });
});

describe('each declaration', () => {
  it('has a name of its own, a meaning and a unit', () => {
    expect(new Set(described.map(({ name }) => name)).size).toBe(described.length);
    const poor = described.filter(
      ({ name, description, unit }) =>
        !/^[A-Z][A-Z0-9_]*$/.test(name) || !description.endsWith('.') || unit === '',
    );
    expect(poor.map(({ name }) => name)).toEqual([]);
  });

  it('accepts its own default', () => {
    const refused = variables.filter((variable) => variable.default !== undefined && !accepts(variable));
    expect(refused.map(({ name }) => name)).toEqual([]);
  });

  it('gives no secret a default', () => {
    expect(variables.filter((variable) => variable.secret && variable.default !== undefined)).toEqual([]);
  });
});

function accepts(variable: (typeof variables)[number]): boolean {
  try {
    variable.parse(variable.default);
    return true;
  } catch {
    return false;
  }
}
