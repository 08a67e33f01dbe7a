import { expect, it } from 'vitest';
import { isMailAddress } from './is-mail-address.js';

it.each([
  'ada@example.com',
  'Ada@Example.COM',
  'ada+tag@mail.example.com',
  'jörg@example.com',
  'ada@bücher.example',
  'ada@BÜCHER.example',
  'ada@xn--bcher-kva.example',
  'ada@faß.example',
])('takes %j', (text) => {
  expect(isMailAddress(text)).toBe(true);
});

it.each([
  ['a letter in a circle', 'uni@\u24e7.test'],
  ['a fullwidth letter', 'uni@\uff58.test'],
  ['a fullwidth full stop', 'uni@example\uff0etest'],
  ['an ideographic full stop', 'uni@example\u3002test'],
  ['a long s', 'uni@te\u017ft.test'],
  ['Punycode of nothing', 'uni@xn--a.test'],
])('refuses a domain with %s: another spelling of the same mailbox', (_, address) => {
  expect(isMailAddress(address)).toBe(false);
});

it.each(['', 'ada', '@example.com', '\ud800', 'a@\udc00.com', '\ud800@example.com', null, 1, {}, ['a@b.c']])(
  'refuses %j, and does not throw',
  (value) => {
    expect(isMailAddress(value)).toBe(false);
  },
);
