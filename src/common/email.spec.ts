import { expect, it } from 'vitest';
import { normalizeEmail } from './email.js';

it.each([
  ['Ada@Example.com', 'ada@example.com'],
  [' ada@example.com\n', 'ada@example.com'],
  ['Zoe\u0308@example.com', 'zo\u00eb@example.com'],
  // There is no capital of it in one character.
  ['J\u030cane@example.com', '\u01f0ane@example.com'],
  ['j\u030cane@example.com', '\u01f0ane@example.com'],
  ['T\u0308@example.com', '\u1e97@example.com'],
  ['I\u0307@example.com', 'i\u0307@example.com'],
  ['\u0130@example.com', 'i\u0307@example.com'],
  ['ada@xn--bcher-kva.example', 'ada@b\u00fccher.example'],
  ['ada@XN--BCHER-KVA.Example', 'ada@b\u00fccher.example'],
  ['ada@b\u00fccher.example', 'ada@b\u00fccher.example'],
  ['ada@bu\u0308cher.example', 'ada@b\u00fccher.example'],
  // Refused as an address, not taken for another one.
  ['uni@\u24e7.test', 'uni@\u24e7.test'],
  // Parts of addresses are searched for.
  ['Ada@', 'ada@'],
  ['@Exa', '@exa'],
  ['ada@1', 'ada@1'],
  ['Ada', 'ada'],
])('%j is %j', (given, stored) => expect(normalizeEmail(given)).toBe(stored));

it('has one spelling of every letter with every mark, however it is put together', () => {
  const marks = ['', ...Array.from({ length: 0x70 }, (_, index) => String.fromCodePoint(0x300 + index))];
  const differing: string[] = [];
  for (let code = 0x41; code < 0x2000; code += 1) {
    const letter = String.fromCodePoint(code);
    if (!/\p{L}/u.test(letter)) continue;
    for (const mark of marks) {
      const text = letter + mark;
      const stored = normalizeEmail(text);
      const spellings = [text.normalize('NFC'), text.normalize('NFD'), text.toLowerCase(), stored];
      if (spellings.some((spelling) => normalizeEmail(spelling) !== stored)) differing.push(text);
    }
  }
  expect(differing).toEqual([]);
});
