import { describe, expect, it } from 'vitest';
import { cookieNamesOf, cookieOf } from './cookie-names.js';

describe('cookieOf', () => {
  it.each([
    ['access=one', 'one'],
    ['csrf=two; access=one', 'one'],
    ['access=a=b;csrf=two', 'a=b'],
    ['  access = one ', 'one'],
    // Of two of a name the browser sends the one with the longer path first.
    ['access=one; access=two', 'one'],
    ['access=', undefined],
    ['accessx', undefined],
    ['xaccess=one', undefined],
    ['access-x=one', undefined],
    ['Access=one', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('finds in %j: %j', (header, value) => {
    expect(cookieOf(header, 'access')).toBe(value);
  });
});

describe('the names', () => {
  it('have the prefixes that a browser enforces, where there is TLS', () => {
    expect(cookieNamesOf(true)).toEqual({
      access: '__Host-access',
      refresh: '__Secure-refresh',
      csrf: '__Host-csrf',
      device: '__Secure-device',
    });
    expect(cookieNamesOf(false)).toEqual({
      access: 'access',
      refresh: 'refresh',
      csrf: 'csrf',
      device: 'device',
    });
  });
});
