import { expect, it } from 'vitest';
import { isMailAddress } from './is-mail-address.js';

it.each(['ada@example.com', 'ada+tag@mail.example.com', 'jörg@example.com'])('takes %j', (text) => {
  expect(isMailAddress(text)).toBe(true);
});

it.each(['', 'ada', '@example.com', '\ud800', 'a@\udc00.com', '\ud800@example.com', null, 1, {}, ['a@b.c']])(
  'refuses %j, and does not throw',
  (value) => {
    expect(isMailAddress(value)).toBe(false);
  },
);
