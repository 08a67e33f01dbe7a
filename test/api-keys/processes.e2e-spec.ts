import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client } from '../support/client.js';
import { Program } from '../support/program.js';
import { makeKey, rotateKey, withKey } from './keys.js';

const path = '/api/users/me';
const { privateKey } = generateKeyPairSync('ed25519');
const pepper = randomBytes(32).toString('base64url');
const settings: Record<string, string> = {
  ...isolatedSettings(),
  LOG_LEVEL: 'debug',
  JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: 'shared' }]),
  API_KEY_PEPPERS: `v1:${pepper}`,
  // What is counted must not depend on how busy this machine is.
  REDIS_COMMAND_TIMEOUT: '2s',
};

let one: Program;
let two: Program;
let urls: [string, string];
let admin: Client;
let mongo: MongoClient;

beforeAll(async () => {
  // The second one has a new pepper before the old one: keys of the first are still good there.
  const fresh = `v2:${randomBytes(32).toString('base64url')},v1:${pepper}`;
  // One after the other: the first makes the indexes.
  one = new Program('dist/main.js', settings);
  const first = await one.url();
  two = new Program('dist/main.js', { ...settings, API_KEY_PEPPERS: fresh });
  urls = [first, await two.url()];
  for (const url of urls) {
    const ready = async () => expect((await new Client(url).get('/health/ready')).status).toBe(200);
    await vi.waitFor(ready, { timeout: 30_000 });
  }
  admin = await new Client(urls[0]).login(administrator);
  mongo = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
});
afterAll(async () => {
  await one?.[Symbol.asyncDispose]();
  await two?.[Symbol.asyncDispose]();
  await mongo?.db().dropDatabase();
  await mongo?.close();
});

it('refuses on every process what was revoked on one', async () => {
  const { id, key } = await makeKey(admin, { permissions: ['users:read'] });
  const ask = (index: 0 | 1) => withKey(urls[index], key)('GET', path);
  for (const index of [0, 1] as const) expect((await ask(index)).status).toBe(200);
  const start = performance.now();
  await admin.delete(`/api/api-keys/${id}`);
  expect((await ask(0)).status).toBe(401);
  await vi.waitFor(async () => expect((await ask(1)).status).toBe(401), { timeout: 15_000, interval: 5 });
  const elapsed = Math.round(performance.now() - start);
  console.log(`[api-keys] revoked on one process, refused on the other after ${elapsed} ms`);
});

it('lets exactly its quota through over two processes at once', async () => {
  const { key } = await makeKey(admin, { quota: { limit: 20, period: 'month' } });
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, index) => withKey(urls[index % 2 === 0 ? 0 : 1], key)('GET', path)),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(30);
});

it('leaves the use of keys behind at its end, and no key in a log', async () => {
  const { id, key, get } = await makeKey(admin, { permissions: ['users:read'] });
  const old = await makeKey(admin);
  const next = await rotateKey(admin, old.id, { overlapHours: 1 });
  await Promise.all(Array.from({ length: 9 }, () => get(path)));
  await old.get(path);
  await get('/api/roles');
  const mistyped = `${key.slice(0, -1)}${key.endsWith('a') ? 'b' : 'a'}`;
  await withKey(urls[0], mistyped)('GET', `/api/users?search=x`);
  await one.line(({ message }) => String(message).includes('still used after its rotation'));
  expect(await one.end('SIGTERM')).toBe(0);

  const stored = await mongo
    .db()
    .collection('apiKeys')
    .findOne({ _id: new ObjectId(id) });
  expect(stored?.['lastUsedAt']).toBeInstanceOf(Date);
  const days = await mongo.db().collection('apiKeyUsage').find({ keyId: stored?._id }).toArray();
  expect(days.reduce((sum, { requests }) => sum + Number(requests), 0)).toBe(10);

  const log = JSON.stringify(one.lines) + one.errorOutput;
  expect(log).toContain(path);
  for (const text of [key, mistyped, old.key, next.key]) expect(log).not.toContain(text.slice(7));
  expect(log).not.toContain(pepper);
});
