import { describe, expect, it } from 'vitest';
import { expectedRevision, etagOf } from '../revision.js';
import { contentTag, isNamed } from './entity-tags.js';

const tag = contentTag('content');
const opaque = tag.slice(2);

describe('the tags of contents', () => {
  it('are weak, follow from the content, and are tags as RFC 9110 writes them', () => {
    expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
    expect([contentTag('content'), contentTag('content ')].map((other) => other === tag)).toEqual([
      true,
      false,
    ]);
  });

  it.each([
    [tag, true],
    [opaque, true],
    ['*', true],
    [' * ', true],
    [`"other", ${tag}`, true],
    [`"other",${opaque},W/"more"`, true],
    [`"with, comma" , ${tag}`, true],
    [`, , ${tag}`, true],
    ['"other"', false],
    ['W/"other", "*"', false],
    [opaque.slice(1, -1), false],
    [`"${opaque.slice(1, -1).toLowerCase()}x"`, false],
    ['', false],
    ['"', false],
  ])('If-None-Match: %s names it: %s', (header, expected) => {
    expect(isNamed(tag, header)).toBe(expected);
  });

  it('reads a header of any length at once', () => {
    const since = performance.now();
    expect(isNamed(tag, '"'.repeat(16_001))).toBe(false);
    expect(isNamed(tag, 'W/"a'.repeat(4_000))).toBe(false);
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('are no versions: If-Match takes none of them, and the tag of a version is none', () => {
    expect(() => expectedRevision(tag)).toThrow('another version');
    expect(expectedRevision(etagOf(7))).toBe(7);
    expect(isNamed(tag, etagOf(7))).toBe(false);
  });
});
