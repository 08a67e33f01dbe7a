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

  it('refuses two kinds of credentials at once', () => {
    expect(() => credentialsOf({ authorization: 'Bearer a', 'x-api-key': 'sk_x' })).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'TWO_CREDENTIALS' }),
    );
  });
});
