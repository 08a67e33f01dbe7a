import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { Program } from '../support/program.js';
import { bearer, caller, newAddress, tally } from './callers.js';

const anonymous = 300;
const principal = 600;
/** One request more or less in a hundred. */
const tolerance = 0.01;

const { privateKey } = generateKeyPairSync('ed25519');
const settings = {
  ...isolatedSettings(),
  LOG_LEVEL: 'info',
  // A token of one process is good at the others.
  JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: 'shared' }]),
  RATE_LIMIT_ANONYMOUS: `${anonymous}/10m`,
  RATE_LIMIT_PRINCIPAL: `${principal}/10m`,
  RATE_LIMIT_AUTH_FAILURES: '5/10m',
  TRUSTED_PROXIES: '127.0.0.1',
  // What is measured is the count, not how busy this machine is.
  REDIS_COMMAND_TIMEOUT: '2s',
};

const processes: Program[] = [];
let urls: string[];

beforeAll(async () => {
  for (let index = 0; index < 3; index += 1) processes.push(new Program('dist/main.js', settings));
  const listening = processes.map((process) =>
    process.line(({ message }) => String(message) === 'listening', 50_000),
  );
  urls = (await Promise.all(listening)).map(({ url }) => String(url));
  for (const url of urls) {
    const ready = async () => expect((await new Client(url).get('/health/ready')).status).toBe(200);
    await vi.waitFor(ready, { timeout: 30_000 });
  }
});
afterAll(async () => {
  for (const process of processes) await process[Symbol.asyncDispose]();
});

/** `count` requests, at most 30 under way at a time; each goes where `target` says. */
async function spread(count: number, send: (index: number) => Promise<Reply>): Promise<Reply[]> {
  const replies: Reply[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      replies.push(await send(index));
    }
  };
  await Promise.all(Array.from({ length: 30 }, lane));
  return replies;
}

const urlOf = (index: number): string => urls[index % 3] ?? '';

async function token(): Promise<Record<string, string>> {
  const reply = await caller(urlOf(0)).post('/api/auth/login', administrator);
  return bearer(String(reply.body.data?.accessToken));
}

function expectExactly(limit: number, replies: readonly Reply[]): void {
  const { 200: passed = 0, 429: refused = 0 } = tally(replies);
  expect(passed + refused).toBe(replies.length);
  expect(passed).toBeLessThanOrEqual(limit);
  expect(passed).toBeGreaterThanOrEqual(limit * (1 - tolerance));
}

it('three processes let an address have its limit once, to the request', async () => {
  const address = newAddress();
  const replies = await spread(400, (index) => caller(urlOf(index), address).get('/api/csrf-token'));
  expect(tally(replies)).toEqual({ 200: anonymous, 429: 100 });
});

it('three processes let somebody have their limit once, to one in a hundred', async () => {
  const credentials = await token();
  expectExactly(
    principal,
    await spread(700, (index) => caller(urlOf(index)).get('/api/users/me', credentials)),
  );
});

it('three processes bear five wrong passwords together, however many come at once', async () => {
  const address = newAddress();
  const guess = { email: administrator.email, password: 'Wrong-Horse-9-Battery' };
  const replies = await spread(30, (index) => caller(urlOf(index), address).post('/api/auth/login', guess));
  expect(tally(replies)).toEqual({ 401: 5, 429: 25 });
});
