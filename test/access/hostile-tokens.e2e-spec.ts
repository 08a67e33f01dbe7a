import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, startApi, type RunningApi } from '../support/app.js';

const pair = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const kid = 'the-key';

type Make = (payload: JWTPayload, genuine: string, refreshToken: string) => Promise<string> | string;

const sign = (payload: object, header: object = {}, key = pair.privateKey): Promise<string> =>
  new SignJWT({ ...payload }).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header }).sign(key);

const publicKeyBytes = new Uint8Array(
  Buffer.from(String(pair.publicKey.export({ format: 'pem', type: 'spki' }))),
);

const tokens: [string, Make][] = [
  ['alg none', (payload) => new UnsecuredJWT({ ...payload }).encode()],
  [
    'HS256 with the public key as the secret',
    (payload) =>
      new SignJWT({ ...payload })
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(publicKeyBytes),
  ],
  ['another key under our kid', (payload) => sign(payload, {}, stranger.privateKey)],
  ['another typ', (payload) => sign(payload, { typ: 'JWT' })],
  ['another audience', (payload) => sign({ ...payload, aud: 'another-api' })],
  ['another issuer', (payload) => sign({ ...payload, iss: 'https://evil.example' })],
  ['an unknown kid', (payload) => sign(payload, { kid: 'another-key' })],
  ['a kid that is a path', (payload) => sign(payload, { kid: '../../../dev/null' })],
  ['a kid with a quote', (payload) => sign(payload, { kid: `' or '1'='1` })],
  [
    'a key of its own in the header',
    (payload) => sign(payload, { jwk: stranger.publicKey.export({ format: 'jwk' }) }, stranger.privateKey),
  ],
  ['a place for its keys', (payload) => sign(payload, { jku: 'http://127.0.0.1:9/' }, stranger.privateKey)],
  [
    'expired',
    (payload) => sign({ ...payload, iat: (payload.iat ?? 0) - 900, exp: (payload.iat ?? 0) - 300 }),
  ],
  ['from the far future', (payload) => sign({ ...payload, iat: 4_000_000_000, exp: 4_000_000_600 })],
  ['a session that is nobody’s', (payload) => sign({ ...payload, sid: '0'.repeat(24) })],
  ['another user with this session', (payload) => sign({ ...payload, sub: '0'.repeat(24) })],
  ['a refresh token', (_, _genuine, refreshToken) => refreshToken],
  ['our claims under the type of another token', (payload) => sign(payload, { typ: 'rt+jwt' })],
  ['an array of audiences without ours', (payload) => sign({ ...payload, aud: ['one', 'two'] })],
  ['no end', ({ exp: _, ...payload }) => sign(payload)],
  ['truncated', (_, genuine) => genuine.slice(0, -10)],
  [
    'a changed payload',
    (_, genuine) => genuine.replace(/\.(.)/, (_all, first) => `.${first === 'a' ? 'b' : 'a'}`),
  ],
  ['10 kB', () => 'a'.repeat(10_000)],
  ['100 kB', () => 'a'.repeat(100_000)],
];

describe('hostile tokens', () => {
  let api: RunningApi;
  let genuine: string;
  let refreshToken: string;

  beforeAll(async () => {
    const key = { ...pair.privateKey.export({ format: 'jwk' }), kid };
    api = await startApi({ JWT_PRIVATE_KEYS: JSON.stringify([key]) });
    const login = await api.client.post('/api/auth/login', administrator);
    genuine = String(login.body.data?.accessToken);
    refreshToken = String(login.body.data?.refreshToken);
    expect(refreshToken.length).toBeGreaterThan(40);
  });
  afterAll(() => api.close());

  const ask = (authorization: string) => api.client.get('/api/users/me', { headers: { authorization } });

  it('are made from a token that is taken', async () => {
    expect((await ask(`Bearer ${genuine}`)).status).toBe(200);
    expect((await ask(`bearer ${await sign(decodeJwt(genuine))}`)).status).toBe(200);
  });

  it.each(tokens)('%s: 401 in the envelope', async (_name, make) => {
    const reply = await ask(`Bearer ${await make(decodeJwt(genuine), genuine, refreshToken)}`);
    expect([reply.status, reply.body]).toEqual([
      401,
      {
        statusCode: 401,
        success: false,
        message: expect.any(String),
        code: expect.stringMatching(/^(INVALID_TOKEN|TOKEN_EXPIRED|SESSION_ENDED)$/),
        requestId: reply.headers.get('x-request-id'),
      },
    ]);
    expect(reply.headers.get('www-authenticate')).toBe('Bearer');
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic YTpi', 'Bearer a b', 'Token abc'])(
    '%j: 401',
    async (authorization) => {
      expect((await ask(authorization)).status).toBe(401);
    },
  );

  it('two kinds of credentials at once: 400', async () => {
    const headers = { authorization: `Bearer ${genuine}`, 'x-api-key': 'sk_x' };
    const reply = await api.client.get('/api/users/me', { headers });
    expect([reply.status, reply.body.code]).toEqual([400, 'TWO_CREDENTIALS']);
  });
});
