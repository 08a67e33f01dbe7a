import { expect, it } from 'vitest';
import { plainTextOf } from './plain-text.js';

it.each([
  ['AT&T', 'AT&T'],
  ['a < b', 'a < b'],
  ['a > b && c', 'a > b && c'],
  ['Ada "Countess" O\'Neil', 'Ada "Countess" O\'Neil'],
  ['Zoë 王 👩‍🚀', 'Zoë 王 👩‍🚀'],
  ['<b>Ada</b> King', 'Ada King'],
  ['<script>alert(1)</script>Ada', 'Ada'],
  ['<style>*{}</style>', ''],
  ['<img src=x onerror=alert(1)>Ada', 'Ada'],
  ['Ada<!-- hidden -->', 'Ada'],
  ['&lt;script&gt;alert(1)&lt;/script&gt;Ada', 'Ada'],
  ['&amp;lt;b&amp;gt;Ada', 'Ada'],
  ['&#60;img src=x onerror=alert(1)&#62;Ada', 'Ada'],
  ['<<b>b>Ada', 'Ada'],
  ['I <3 you', 'I <3 you'],
  ['<scr<script>ipt>alert(1)</scr</script>ipt>', expect.not.stringContaining('<script')],
])('of %j it leaves %j', (html, text) => {
  expect(plainTextOf(html)).toEqual(text);
});

it.each([
  [`&${'amp;'.repeat(3)}lt;b>Ada`, 'Ada'],
  [`A&${'amp;'.repeat(3)}B`, 'A&B'],
  [`A&${'amp;'.repeat(50)}lt;b>B`, expect.stringMatching(/^A[^<>&]*B$/)],
])('of the nested %j it leaves %j', (html, text) => {
  expect(plainTextOf(html)).toEqual(text);
});

it('leaves nothing that it would strip a second time, and is quick with hostile text', () => {
  const started = process.cpuUsage();
  for (const text of [
    '<'.repeat(4_096),
    '&amp;'.repeat(819),
    `&${'amp;'.repeat(1_000)}lt;b>`,
    `&${'amp;'.repeat(1_000)}`,
    `&${'#38;'.repeat(1_000)}#60;b>`,
    '<'.repeat(500) + 'b>'.repeat(500),
    '<a'.repeat(2_000),
  ]) {
    const once = plainTextOf(text);
    expect(plainTextOf(once)).toBe(once);
  }
  // Microseconds: some 10 ms for each, with what the first one compiles.
  expect(process.cpuUsage(started).user).toBeLessThan(500_000);
});
