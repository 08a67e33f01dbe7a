import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Mailbox } from '../accounts/mailbox.js';
import { bearer, caller, newAddress, tally } from '../limits/callers.js';
import { administrator } from '../support/app.js';
import { Client } from '../support/client.js';
import type { Program } from '../support/program.js';
import { Ground, until, type StartedApi } from './support/ground.js';
import { enqueue, numbersOf, type Enqueued } from './support/producers.js';

/** Milliseconds by which one API and one worker are ahead of the others: first at their start, then while they run. */
const moves = [300_000, -300_000];
/** Milliseconds by which two clocks may seem apart: asking takes time, and this machine has other work. */
const tolerance = 5_000;
const anonymous = 30;
/** Seconds; shorter than a move. */
const tokenLifetime = 120;
/** Milliseconds. */
const pause = 3_000;
const period = 2_000;

const { privateKey } = generateKeyPairSync('ed25519');
let ground: Ground;
let right: StartedApi;
let moved: StartedApi;
let movedPrograms: Program[];
let numbers = 0;
/** Tokens of sessions that were ended: no clock brings them back. */
const ended: string[] = [];
const accepted: number[] = [];

beforeAll(async () => {
  ground = await Ground.over(
    {},
    {
      JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: 'shared' }]),
      CURSOR_SECRET: randomBytes(32).toString('hex'),
      REFRESH_SECRETS: randomBytes(32).toString('hex'),
      ACCESS_TOKEN_TTL: `${tokenLifetime}s`,
      RATE_LIMIT_ANONYMOUS: `${anonymous}/1m`,
      TRUSTED_PROXIES: '127.0.0.1',
      JOB_RETRY_LADDER: `${pause}ms`,
      REDIS_COMMAND_TIMEOUT: '2s',
    },
  );
  const clock = {
    NODE_OPTIONS: `--import ${pathToFileURL('test/faults/support/moved-clock.mjs').href}`,
    CLOCK_MOVES: moves.join(' '),
  };
  right = await ground.api();
  moved = await ground.api(clock);
  const [, worker] = await Promise.all([ground.worker(), ground.worker(clock)]);
  movedPrograms = [moved.program, worker];
});
afterAll(() => ground?.[Symbol.asyncDispose]());

async function login(api: StartedApi): Promise<{ access: string; refresh: string }> {
  const reply = await caller(api.url).post('/api/auth/login', administrator);
  expect(reply.status).toBe(200);
  return { access: String(reply.body.data?.accessToken), refresh: String(reply.body.data?.refreshToken) };
}

async function statusAt(api: StartedApi, token: string): Promise<number> {
  return (await caller(api.url).get('/api/users/me', bearer(token))).status;
}

/** A token of either is good at both, and renewed by the other; its times are those of this machine. */
async function tokens(): Promise<number> {
  let furthest = 0;
  for (const [issuer, other] of [
    [right, moved],
    [moved, right],
  ] as const) {
    const { access, refresh } = await login(issuer);
    const { iat, exp } = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString());
    furthest = Math.max(furthest, Math.abs(iat * 1_000 - Date.now()));
    expect(exp - iat).toBe(tokenLifetime);
    expect([await statusAt(issuer, access), await statusAt(other, access)]).toEqual([200, 200]);
    const renewed = await caller(other.url).post('/api/auth/refresh', { refreshToken: refresh });
    expect(renewed.status).toBe(200);
    expect(await statusAt(issuer, String(renewed.body.data?.accessToken))).toBe(200);
  }
  expect(furthest).toBeLessThan(tolerance);
  return furthest;
}

/** What is ended at one is over at the other, with a clock ahead and behind. @returns the longest it took. */
async function revocation(): Promise<number> {
  let longest = 0;
  for (const [here, there] of [
    [right, moved],
    [moved, right],
  ] as const) {
    const { access } = await login(right);
    expect([await statusAt(here, access), await statusAt(there, access)]).toEqual([200, 200]);
    expect((await caller(here.url).post('/api/auth/logout', {}, bearer(access))).status).toBe(200);
    const since = Date.now();
    await until('it is over there', async () => (await statusAt(there, access)) === 401, tolerance);
    longest = Math.max(longest, Date.now() - since);
    ended.push(access);
  }
  return longest;
}

/** A code that a worker made is taken by the API that has another time. One only: a recipient gets three mails. */
async function oneTimeCode(asked: StartedApi, given: StartedApi): Promise<void> {
  const mailbox = new Mailbox(ground.settings['MAIL_FOLDER'] ?? '');
  const { email } = administrator;
  const codes = (): string[] => mailbox.all(email).map(({ code }) => code);
  const known = new Set(codes());
  const fresh = (): string | undefined => codes().find((each) => !known.has(each));
  expect((await caller(asked.url).post('/api/auth/otp/request', { email })).status).toBe(202);
  await until('the code is mailed', () => fresh() !== undefined);
  const reply = await caller(given.url).post('/api/auth/otp/verify', { email, code: fresh() });
  expect(reply.status).toBe(200);
}

/** Both together let an address have its limit once, for as long as it says. */
async function limits(): Promise<void> {
  const address = newAddress();
  const replies = [];
  for (let index = 0; index < 2 * anonymous; index += 1) {
    const api = index % 2 === 0 ? right : moved;
    replies.push(await caller(api.url, address).get('/api/csrf-token'));
  }
  expect(tally(replies)).toEqual({ 200: anonymous, 429: anonymous });
  for (const { headers } of replies.filter(({ status }) => status === 429)) {
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
  }
}

/** What one has answered, the other gives again: neither takes the key for expired, nor a lease for free. */
async function idempotency(): Promise<void> {
  const { access } = await login(right);
  const key = `key-${(numbers += 1)}`;
  const body = { email: `${key}@nexus.test`, name: 'Once' };
  const headers = { ...bearer(access), 'idempotency-key': key };
  const first = await caller(moved.url).post('/api/users', body, headers);
  const second = await caller(right.url).post('/api/users', body, headers);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.headers.get('idempotency-replayed')).toBe('true');
  const now = Date.now();
  for (const { until: end } of await ground.database.collection('leases').find().toArray()) {
    expect(new Date(end).getTime()).toBeLessThan(now + 120_000);
  }
}

/** Milliseconds from the moment that each was asked for until its effect was there. */
async function effectTimes(asked: ReadonlyMap<number, number>): Promise<number[]> {
  const times = new Map<number, number>();
  await until('all have run', async () => {
    for (const { number } of await ground.database.collection('faultEffects').find().toArray()) {
      const since = asked.get(Number(number));
      if (since !== undefined && !times.has(Number(number))) times.set(Number(number), Date.now() - since);
    }
    return times.size === asked.size;
  });
  return [...times.values()];
}

/** Due jobs and further attempts come when they are due, whoever accepted them and whoever runs them. */
async function dueTimes(): Promise<number[]> {
  const asked = new Map<number, number>();
  for (const failures of [0, 1]) {
    for (const api of [right, moved, right, moved]) {
      const number = (numbers += 1);
      const since = Date.now();
      const job: Enqueued | undefined = await enqueue(
        api.admin,
        { number, ...(failures > 0 && { failures }) },
        failures === 0 ? { delay: pause } : {},
      );
      expect(job?.number).toBe(number);
      asked.set(number, since);
      if (job !== undefined) accepted.push(...numbersOf([job]));
    }
  }
  const times = await effectTimes(asked);
  expect(Math.min(...times)).toBeGreaterThan(pause - 1_000);
  expect(Math.max(...times)).toBeLessThan(pause + 3 * tolerance);
  return times;
}

/** A schedule ticks at its times, once each, though the one that makes its jobs may be any of them. */
async function schedules(): Promise<number> {
  const number = (numbers += 1);
  const path = `/api/queues/faults/schedules/tick-${number}`;
  const { access } = await login(right);
  const begun = Date.now();
  const put = await new Client(moved.url, access).put(path, {
    every: period,
    name: 'fault',
    data: { number },
  });
  expect(put.status).toBeLessThan(300);
  await sleep(4 * period);
  const schedule = await ground.database.collection('schedules').findOne({ 'data.number': number });
  const jobs = await ground.database.collection('jobs').countDocuments({ 'data.number': number });
  const passed = Date.now() - begun;
  await new Client(right.url, access).delete(path);
  const ahead = new Date(schedule?.['nextAt']).getTime() - Date.now();
  expect(ahead).toBeGreaterThan(-tolerance);
  expect(ahead).toBeLessThan(period + tolerance);
  expect(jobs).toBeGreaterThanOrEqual(2);
  expect(jobs).toBeLessThanOrEqual(Math.ceil(passed / period) + 1);
  return jobs;
}

it.each(moves)('one API and one worker of two are %d ms ahead: nothing notices', async (ahead) => {
  const isFirst = ahead === moves[0];
  if (!isFirst) {
    for (const program of movedPrograms) {
      process.kill(program.pid, 'SIGUSR2');
      await program.line(({ message }) => String(message) === 'clock moved');
    }
  }
  const tokensOffMs = await tokens();
  const [times, ticks, revokedMs] = await Promise.all([dueTimes(), schedules(), revocation()]);
  await Promise.all([oneTimeCode(isFirst ? right : moved, isFirst ? moved : right), limits(), idempotency()]);
  for (const token of ended) {
    expect([await statusAt(right, token), await statusAt(moved, token)]).toEqual([401, 401]);
  }
  const tally = await ground.settle(`clock ${ahead} ms ahead`, accepted, 30_000, {
    tokensOffMs,
    revokedMs,
    dueMs: times,
    ticks,
  });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
});
