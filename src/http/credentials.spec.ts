import { describe, expect, it } from 'vitest';
import { credentialsOf } from './credentials.js';

describe('credentialsOf', () => {
  it.each(['Bearer abc.def.ghi', 'bearer abc.def.ghi', 'BEARER   abc.def.ghi  '])(
    'reads %j',
    (authorization) => {
      expect(credentialsOf({ authorization })).toEqual({ kind: 'bearer', token: 'abc.def.ghi' });
    },
  );

  it.each([
    [{ authorization: '' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer ' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer a b' }, 'INVALID_TOKEN'],
    [{ authorization: 'Bearer a,Bearer b' }, 'INVALID_TOKEN'],
    [{ authorization: 'Basic YTpi' }, 'INVALID_TOKEN'],
    [{ authorization: 'abc.def.ghi' }, 'INVALID_TOKEN'],
  ])('refuses %j', (headers, code) => {
    expect(() => credentialsOf(headers)).toThrow(expect.objectContaining({ kind: 'unauthenticated', code }));
  });

  it('reads an API key, and nothing where nothing is', () => {
    expect(credentialsOf({ 'x-api-key': 'sk_x' })).toEqual({ kind: 'apiKey', key: 'sk_x' });
    expect(credentialsOf({})).toEqual({ kind: 'none' });
  });

  it('reads the cookie of a login among others', () => {
    expect(credentialsOf({ cookie: 'csrf=x; access=abc.def.ghi' })).toEqual({
      kind: 'cookie',
      token: 'abc.def.ghi',
    });
    expect(credentialsOf({ cookie: 'csrf=x; refresh=y' })).toEqual({ kind: 'none' });
  });

  it.each([
    [{ authorization: 'Bearer a', 'x-api-key': 'sk_x' }],
    [{ authorization: 'Bearer a', cookie: 'access=a' }],
    [{ authorization: 'Basic YTpi', cookie: 'access=a' }],
    [{ 'x-api-key': 'sk_x', cookie: 'access=a' }],
    [{ authorization: 'Bearer a', 'x-api-key': 'sk_x', cookie: 'access=a' }],
  ])('refuses two kinds of credentials at once: %j', (headers) => {
    expect(() => credentialsOf(headers)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'TWO_CREDENTIALS' }),
    );
  });
});
