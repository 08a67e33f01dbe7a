import { describe, expect, it } from 'vitest';
import { bearerTokenOf } from './credentials.js';

describe('bearerTokenOf', () => {
  it.each(['Bearer abc.def.ghi', 'bearer abc.def.ghi', 'BEARER   abc.def.ghi  '])(
    'reads %j',
    (authorization) => {
      expect(bearerTokenOf({ authorization })).toBe('abc.def.ghi');
    },
  );

  it.each([
    [{}, 'UNAUTHENTICATED'],
    [{ authorization: '' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer ' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer a b' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer a,Bearer b' }, 'INVALID_TOKEN'],
    [{ authorization: 'Basic YTpi' }, 'INVALID_TOKEN'],
    [{ authorization: 'abc.def.ghi' }, 'INVALID_TOKEN'],
    [{ 'x-api-key': 'sk_x' }, 'INVALID_API_KEY'],
  ])('refuses %j', (headers, code) => {
    expect(() => bearerTokenOf(headers)).toThrow(expect.objectContaining({ kind: 'unauthenticated', code }));
  });

  it('refuses two kinds of credentials at once', () => {
    expect(() => bearerTokenOf({ authorization: 'Bearer a', 'x-api-key': 'sk_x' })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'TWO_CREDENTIALS' }),
    );
  });
});
