import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingKeys } from './signing-keys.js';

const variable = signingKeys('JWT_PRIVATE_KEYS', { description: 'Keys.', requiredInProduction: true });

function jwk(kid = 'one'): Record<string, unknown> {
  return { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), kid };
}

describe('JWT_PRIVATE_KEYS', () => {
  it('reads keys in their order', () => {
    const keys = variable.parse(JSON.stringify([jwk('b'), jwk('a')]));
    expect(keys?.map((key) => key.kid)).toEqual(['b', 'a']);
  });

  it('may be absent', () => {
    expect(variable.parse(undefined)).toBeUndefined();
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 1_024 }).privateKey.export({ format: 'jwk' });
  it.each([
    ['no JSON', 'MC4CAQAwBQYDK2VwBCIEIA', 'not JSON'],
    ['an object', JSON.stringify(jwk()), 'array'],
    ['an empty list', '[]', 'at least one'],
    ['a number', '[1]', 'position 1'],
    ['no kid', JSON.stringify([jwk('one'), { ...jwk(), kid: undefined }]), 'position 2: kid'],
    ['a kid with a slash', JSON.stringify([jwk('a/b')]), 'kid'],
    ['another type of key', JSON.stringify([{ ...rsa, kid: 'one' }]), 'OKP'],
    ['another curve', JSON.stringify([{ ...jwk(), crv: 'X25519' }]), 'Ed25519'],
    ['a public key', JSON.stringify([{ ...jwk(), d: undefined }]), 'private key'],
    ['half a key', JSON.stringify([{ ...jwk(), d: 'AAAA' }]), 'not a key'],
    ['the halves of two keys', JSON.stringify([{ ...jwk(), x: jwk()['x'] }]), 'x'],
    ['a name given twice', JSON.stringify([jwk('one'), jwk('one')]), 'same kid'],
  ])('refuses %s and shows nothing of it', (_name, text, reason) => {
    const attempt = () => variable.parse(text);
    expect(attempt).toThrow(reason);
    const secrets = [...text.matchAll(/"d":"([^"]+)"/g)].map(([, d = '']) => d);
    for (const secret of [text, ...secrets]) expect(attempt).not.toThrow(secret.slice(0, 20));
  });
});
