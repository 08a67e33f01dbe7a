import { generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { Clock } from '../../common/clock.js';
import { sessionIds, userIds } from '../../common/ids.js';
import { authConfig } from '../../config/auth.config.js';
import type { SigningKey } from '../../config/signing-keys.js';
import { AccessTokens } from './access-tokens.js';
import { TokenKeys } from './token-keys.js';

const claims = {
  userId: userIds.parse('665f1c2e9b1e8a0012345678'),
  sessionId: sessionIds.parse('665f1c2e9b1e8a0012345679'),
};

class MovableClock extends Clock {
  ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
}

function keyNamed(kid: string): SigningKey {
  return { kid, ...generateKeyPairSync('ed25519') };
}

function setUp(privateKeys: SigningKey[] = [keyNamed('one')]) {
  const config = { ...authConfig(), privateKeys };
  const clock = new MovableClock();
  return { clock, keys: privateKeys, tokens: new AccessTokens(config, new TokenKeys(config), clock) };
}

const now = (): number => Math.floor(Date.now() / 1_000);

/** A token that is right in everything, and then changed. */
function sign(key: SigningKey, payload: Record<string, unknown> = {}, header: object = {}): Promise<string> {
  const { userId: sub, sessionId: sid } = claims;
  const whole = { sub, sid, iss: 'nexus', aud: 'nexus-api', iat: now(), exp: now() + 600, ...payload };
  return new SignJWT(whole)
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, ...header })
    .sign(key.privateKey);
}

describe('AccessTokens', () => {
  it('issues what it verifies', async () => {
    const { tokens } = setUp();
    const { accessToken, expiresIn } = await tokens.issue(claims);
    expect(expiresIn).toBe(600);
    expect(decodeProtectedHeader(accessToken)).toEqual({ alg: 'EdDSA', typ: 'at+jwt', kid: 'one' });
    expect(await tokens.verify(accessToken)).toEqual(claims);
  });

  it('signs by the first key and verifies by all', async () => {
    const [old, fresh] = [keyNamed('old'), keyNamed('fresh')];
    const before = await setUp([old]).tokens.issue(claims);
    const { tokens } = setUp([fresh, old]);
    expect(await tokens.verify(before.accessToken)).toEqual(claims);
    expect(decodeProtectedHeader((await tokens.issue(claims)).accessToken).kid).toBe('fresh');
    await expect(setUp([fresh]).tokens.verify(before.accessToken)).rejects.toMatchObject({
      code: 'INVALID_TOKEN',
    });
  });

  it('refuses a token that it has verified before once it has ended', async () => {
    const { tokens, keys, clock } = setUp();
    const [key = keyNamed('none')] = keys;
    const token = await sign(key, { exp: now() + 60 });
    expect(await tokens.verify(token)).toEqual(claims);
    clock.ahead = 61_000;
    await expect(tokens.verify(token)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' });
  });

  const refused: [string, string, (key: SigningKey) => string | Promise<string>][] = [
    [
      'alg none',
      'INVALID_TOKEN',
      () => new UnsecuredJWT({ sub: claims.userId, sid: claims.sessionId }).encode(),
    ],
    ['HS256 with the public key', 'INVALID_TOKEN', (key) => signSymmetric(key)],
    ['another key under our kid', 'INVALID_TOKEN', (key) => sign({ ...keyNamed('other'), kid: key.kid })],
    ['an unknown kid', 'INVALID_TOKEN', () => sign(keyNamed('stranger'))],
    ['no kid', 'INVALID_TOKEN', (key) => sign(key, {}, { kid: undefined })],
    ['a kid that is a path', 'INVALID_TOKEN', (key) => sign(key, {}, { kid: '../../dev/null' })],
    ['a kid with a quote', 'INVALID_TOKEN', (key) => sign(key, {}, { kid: "one' or '1'='1" })],
    ['a kid of the prototype', 'INVALID_TOKEN', (key) => sign(key, {}, { kid: '__proto__' })],
    ['a key of its own in jwk', 'INVALID_TOKEN', () => signWithOwnKey()],
    ['a jku', 'INVALID_TOKEN', () => sign(keyNamed('x'), {}, { jku: 'http://127.0.0.1:1/jwks.json' })],
    ['another typ', 'INVALID_TOKEN', (key) => sign(key, {}, { typ: 'JWT' })],
    ['no typ', 'INVALID_TOKEN', (key) => sign(key, {}, { typ: undefined })],
    ['a critical extension', 'INVALID_TOKEN', (key) => forgeHeader(key)],
    ['another issuer', 'INVALID_TOKEN', (key) => sign(key, { iss: 'evil' })],
    ['another audience', 'INVALID_TOKEN', (key) => sign(key, { aud: 'other-api' })],
    ['no session', 'INVALID_TOKEN', (key) => sign(key, { sid: undefined })],
    ['a session that is no id', 'INVALID_TOKEN', (key) => sign(key, { sid: { $ne: null } })],
    ['a subject that is no id', 'INVALID_TOKEN', (key) => sign(key, { sub: 'admin' })],
    ['no end', 'INVALID_TOKEN', (key) => sign(key, { exp: undefined })],
    ['expired', 'TOKEN_EXPIRED', (key) => sign(key, { iat: now() - 700, exp: now() - 100 })],
    ['expired a second ago', 'TOKEN_EXPIRED', (key) => sign(key, { iat: now() - 60, exp: now() - 1 })],
    ['from the far future', 'INVALID_TOKEN', (key) => sign(key, { iat: now() + 3_600, exp: now() + 4_000 })],
    [
      'older than any token lives',
      'TOKEN_EXPIRED',
      (key) => sign(key, { iat: now() - 3_600, exp: now() + 9_999 }),
    ],
    ['truncated', 'INVALID_TOKEN', async (key) => (await sign(key)).slice(0, -4)],
    [
      'without its signature',
      'INVALID_TOKEN',
      async (key) => `${(await sign(key)).split('.').slice(0, 2).join('.')}.`,
    ],
    ['over 4 kB', 'INVALID_TOKEN', (key) => sign(key, { padding: 'x'.repeat(4_096) })],
    ['100 kB', 'INVALID_TOKEN', () => 'x'.repeat(100_000)],
    ['empty', 'INVALID_TOKEN', () => ''],
    ['not a token', 'INVALID_TOKEN', () => 'a.b.c'],
  ];

  it.each(refused)('refuses %s', async (_name, code, make) => {
    const { tokens, keys } = setUp();
    const [key = keyNamed('none')] = keys;
    const token = await make(key);
    await expect(tokens.verify(token)).rejects.toMatchObject({ kind: 'unauthenticated', code });
    // A refusal is never remembered as anything else.
    await expect(tokens.verify(token)).rejects.toMatchObject({ kind: 'unauthenticated', code });
  });
});

function signSymmetric({ kid, publicKey }: SigningKey): Promise<string> {
  const { userId: sub, sessionId: sid } = claims;
  return new SignJWT({ sub, sid, iss: 'nexus', aud: 'nexus-api', iat: now(), exp: now() + 600 })
    .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
    .sign(new Uint8Array(Buffer.from(String(publicKey.export({ format: 'pem', type: 'spki' })))));
}

function signWithOwnKey(): Promise<string> {
  const key = keyNamed('mine');
  return sign(key, {}, { jwk: key.publicKey.export({ format: 'jwk' }) });
}

/** A header that demands an understanding we do not have; its signature is right for the header. */
async function forgeHeader(key: SigningKey): Promise<string> {
  const { CompactSign } = await import('jose');
  const [, payload = ''] = (await sign(key)).split('.');
  return new CompactSign(Buffer.from(payload, 'base64url'))
    .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid: key.kid, crit: ['x'], x: 1 })
    .sign(key.privateKey, { crit: { x: true } });
}
