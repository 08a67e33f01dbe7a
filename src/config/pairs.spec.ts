import { describe, expect, it } from 'vitest';
import { pairs } from './pairs.js';

const { parse } = pairs('HEADERS', { description: 'Headers.' });

describe('pairs', () => {
  it.each([
    [undefined, {}],
    ['a=1', { a: '1' }],
    [' a = 1 , b=two%20words%2C ,', { a: '1', b: 'two words,' }],
    ['authorization=Basic dXNlcjpwYXNz==', { authorization: 'Basic dXNlcjpwYXNz==' }],
    ['a=', { a: '' }],
  ])('reads %j', (text, expected) => expect(parse(text)).toEqual(expected));

  it.each(['a', '=1', 'a=1,b', 'hunter2'])('refuses %j without repeating it', (text) =>
    expect(() => parse(text)).toThrow(/^must be name=value, several of them separated by commas$/),
  );

  it('refuses a broken percent encoding', () => expect(() => parse('a=%zz')).toThrow('percent encoding'));
});
