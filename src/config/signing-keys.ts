import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Variable } from './variable.js';

/** A pair of Ed25519 keys under the name that tokens call it by. Key objects: logging one shows no secret. */
export interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which is secret.
    throw new Error('must be a JSON array of JWKs, but is not JSON');
  }
}

function importKey(jwk: unknown, position: number): SigningKey {
  const refuse = (reason: string) => new Error(`has no usable key at position ${position}: ${reason}`);
  if (!isRecord(jwk)) throw refuse('it is not an object');
  const { kid, kty, crv, x, d } = jwk;
  if (typeof kid !== 'string' || !/^[\w.-]{1,64}$/.test(kid)) {
    throw refuse('kid must be 1 to 64 of letters, digits, dot, dash and underscore');
  }
  if (kty !== 'OKP' || crv !== 'Ed25519') throw refuse('kty must be OKP and crv Ed25519');
  if (typeof x !== 'string' || typeof d !== 'string') throw refuse('it needs x and d: the private key');
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey({ format: 'jwk', key: { kty, crv, x, d } });
  } catch {
    throw refuse('x or d is not a key');
  }
  const publicKey = createPublicKey(privateKey);
  if (publicKey.export({ format: 'jwk' }).x !== x) throw refuse('x does not belong to d');
  return { kid, privateKey, publicKey };
}

function parseKeys(text: string): readonly SigningKey[] {
  const jwks = parseJson(text);
  if (!Array.isArray(jwks) || jwks.length === 0) throw new Error('must be a JSON array of at least one JWK');
  const keys = jwks.map((jwk: unknown, index) => importKey(jwk, index + 1));
  if (new Set(keys.map((key) => key.kid)).size < keys.length)
    throw new Error('has two keys with the same kid');
  return keys;
}

/** A JSON array of private Ed25519 JWKs (RFC 8037). Its errors name positions, never what was given. */
export function signingKeys(
  name: string,
  about: { description: string; requiredInProduction: boolean },
): Variable<readonly SigningKey[] | undefined> {
  return {
    ...about,
    name,
    unit: 'JSON array of private Ed25519 JWKs, each with a kid',
    default: undefined,
    secret: true,
    parse: (text) => (text === undefined ? undefined : parseKeys(text)),
  };
}
