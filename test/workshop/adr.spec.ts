import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = resolve(import.meta.dirname, '../../docs/adr');
const records = readdirSync(folder).filter((name) => /^\d{4}-[a-z0-9-]+\.md$/.test(name));
const index = readFileSync(resolve(folder, 'README.md'), 'utf8');

describe('the decision records', () => {
  it('are all in the index, each once and in order, and nothing else is', () => {
    expect([...index.matchAll(/\]\((\S+)\)/g)].map(([, target]) => target)).toEqual(records.toSorted());
  });

  it('have a number each', () => {
    const numbers = records.map((name) => name.slice(0, 4));
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it.each(records)('%s says context, decision and cost, in about a page', (name) => {
    const text = readFileSync(resolve(folder, name), 'utf8');
    expect(text).toMatch(new RegExp(`^# ${name.slice(0, 4)}: `));
    for (const part of ['Context', 'Decision', 'Cost']) expect(text).toMatch(new RegExp(`^## ${part}$`, 'm'));
    expect(text.split('\n').length).toBeLessThan(60);
  });
});
