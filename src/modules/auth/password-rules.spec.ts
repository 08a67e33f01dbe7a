import { describe, expect, it } from 'vitest';
import { brokenRules } from './password-rules.js';

const short = 'Password must be at least 8 characters';
const long = 'Password must be at most 72 bytes';
const half = 'Password must not contain half a surrogate pair';
const kinds = 'Password must contain uppercase, lowercase, number, and special character.';

describe('the rules of passwords', () => {
  it.each([
    ['Correct-Horse-7', []],
    ['Grüße-an-7-Zwerge', []],
    [`Aa1!${'x'.repeat(68)}`, []],
    ['Aa1!', [short]],
    ['', [short, kinds]],
    ['short', [short, kinds]],
    // Eight UTF-16 units, four characters.
    ['😀😀😀😀', [short, kinds]],
    ['correct-horse-7', [kinds]],
    ['CORRECT-HORSE-7', [kinds]],
    ['Correct-Horse-X', [kinds]],
    ['CorrectHorse7', [kinds]],
    ['Correct Horse 7', [kinds]],
    [`Aa1!${'x'.repeat(69)}`, [long]],
    [`Aa1!${'é'.repeat(35)}`, [long]],
    ['x'.repeat(73), [long, kinds]],
    ['Correct-Horse-7\ud800', [half]],
  ])('%j -> %j', (password, problems) => {
    expect(brokenRules(password)).toEqual(problems);
  });
});
