import { describe, expect, it } from 'vitest';
import { acceptsJson } from './acceptable.js';
import { excessOf, maximumValues } from './json-body.js';
import { expectedRevision } from './revision.js';

describe('excess of JSON', () => {
  const array = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  it.each([
    ['32 levels', array(32), undefined],
    ['33 levels', array(33), 'depth'],
    ['33 siblings', `[${Array.from({ length: 33 }, () => '[]').join(',')}]`, undefined],
    ['brackets in a string', JSON.stringify('['.repeat(100)), undefined],
    ['brackets after an escaped quote', JSON.stringify({ a: `"${'['.repeat(100)}` }), undefined],
    ['brackets after an escaped backslash', `["\\\\",${array(33)}]`, 'depth'],
    ['nothing', '', undefined],
    ['as many values as allowed', `[${'1,'.repeat(maximumValues - 2)}1]`, undefined],
    ['too many numbers', `[${'1,'.repeat(maximumValues)}1]`, 'values'],
    ['too many fields', `{${'"a":1,'.repeat(maximumValues)}"a":1}`, 'values'],
    ['commas in a string', JSON.stringify(','.repeat(maximumValues * 2)), undefined],
  ])('%s: %#', (_, json, excess) => expect(excessOf(json)).toBe(excess));
});

describe('Accept', () => {
  it.each([
    [undefined, true],
    ['*/*', true],
    ['application/json', true],
    ['application/json; charset=utf-8', true],
    ['text/html, application/*;q=0.5', true],
    ['text/html,application/xhtml+xml,*/*;q=0.8', true],
    ['APPLICATION/JSON', true],
    ['text/html', false],
    ['application/xml', false],
    ['application/jsonl', false],
    ['text/html, application/json;q=0', false],
  ])('%s -> %s', (accept, expected) => expect(acceptsJson(accept)).toBe(expected));
});

describe('If-Match', () => {
  it('reads the revision', () => expect(expectedRevision('"17"')).toBe(17));
  it('takes any version for *', () => expect(expectedRevision('*')).toBeUndefined());
  it.each(['"abc"', 'W/"17"', '""', '"-1"', '"99999999999999999999"'])('%s is never current', (header) =>
    expect(() => expectedRevision(header)).toThrow(expect.objectContaining({ kind: 'stale' })),
  );
  it.each(['17', '"17', '', '"1", "2"'])('%j is malformed', (header) =>
    expect(() => expectedRevision(header)).toThrow(expect.objectContaining({ kind: 'invalid' })),
  );
});
