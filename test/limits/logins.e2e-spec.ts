import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Reply } from '../support/client.js';
import { accountMaker, password, type Account } from './accounts.js';
import { atOnce, caller, newAddress, oneByOne, tally, type Caller } from './callers.js';

const wrong = 'Wrong-Horse-9-Battery';

let api: RunningApi;
let make: (email: string) => Promise<Account>;
let count = 0;

beforeAll(async () => {
  api = await startApi({
    RATE_LIMIT_ANONYMOUS: '100000/10m',
    RATE_LIMIT_AUTH_FAILURES: '5/10m',
    TRUSTED_PROXIES: '127.0.0.1',
    // What is looked at is the count, not how busy this machine is.
    REDIS_COMMAND_TIMEOUT: '2s',
  });
  make = await accountMaker(api);
});
afterAll(() => api?.close());

async function newAccount(): Promise<string> {
  count += 1;
  const { email } = await make(`victim-${count}@nexus.test`);
  return email;
}

const logIn = (from: Caller, email: string, secret: string, device?: string): Promise<Reply> =>
  from.post('/api/auth/login', { email, password: secret }, device === undefined ? {} : { cookie: device });

/** The device cookie that an answer sets, as a browser sends it back. */
function deviceOf({ headers }: Reply): string {
  const cookie = headers.getSetCookie().find((line) => line.startsWith('device='));
  expect(cookie).toMatch(/; Max-Age=34560000; Path=\/api\/auth; HttpOnly; SameSite=Strict$/);
  return cookie?.split(';')[0] ?? '';
}

/** An attacker with 8 addresses tries as often as they like. */
const attack = (email: string): Promise<Reply[]> => {
  const addresses = Array.from({ length: 8 }, newAddress);
  return atOnce(64, (index) => logIn(caller(api.url, addresses[index % 8]), email, wrong));
};

function expectRefused(reply: Reply): void {
  expect(reply.body).toMatchObject({
    statusCode: 429,
    code: 'TOO_MANY_LOGIN_ATTEMPTS',
    message: 'Too many login attempts, please try again later.',
  });
  const wait = Number(reply.headers.get('retry-after'));
  expect(wait).toBeGreaterThanOrEqual(1);
  expect(wait).toBeLessThanOrEqual(600);
}

describe('wrong passwords', () => {
  it('in parallel spend exactly the budget, of an unknown account as of a known one', async () => {
    const answers = [];
    for (const email of [await newAccount(), 'nobody@nexus.test']) {
      const from = caller(api.url);
      const replies = await atOnce(50, (index) =>
        logIn(from, index % 2 === 0 ? email : ` ${email.toUpperCase()}`, wrong),
      );
      expect(tally(replies), email).toEqual({ 401: 5, 429: 45 });
      const refused = await logIn(from, email, password);
      expectRefused(refused);
      answers.push({ ...refused.body, requestId: null });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  it('cost nothing of the budgets of others, at the same address', async () => {
    const from = caller(api.url);
    await atOnce(10, () => logIn(from, 'first@nexus.test', wrong));
    expect((await logIn(from, await newAccount(), password)).status).toBe(200);
  });

  it('for many accounts spend the budget of their address', async () => {
    const from = caller(api.url);
    const replies = await oneByOne(60, (index) => logIn(from, `stuffed-${index}@nexus.test`, wrong));
    expect(tally(replies)).toEqual({ 401: 50, 429: 10 });
    expectRefused(await logIn(from, await newAccount(), password));
  });
});

describe('the right password', () => {
  it('costs nothing, however often, between wrong ones', async () => {
    const email = await newAccount();
    const from = caller(api.url);
    const secrets = [wrong, password, password, wrong, password, password, wrong, wrong, password, password];
    const replies = await oneByOne(secrets.length, (index) => logIn(from, email, secrets[index] ?? ''));
    expect(replies.map(({ status }) => status)).toEqual(
      secrets.map((secret) => (secret === wrong ? 401 : 200)),
    );
    expect(tally(await oneByOne(20, () => logIn(from, email, password)))).toEqual({ 200: 20 });
    expect((await logIn(from, email, wrong)).status).toBe(401);
    expectRefused(await logIn(from, email, password));
  });
});

describe('an attacker with many addresses', () => {
  it('is limited, and the victim still logs in with a device that did so before', async () => {
    const email = await newAccount();
    const known = deviceOf(await logIn(caller(api.url), email, password));
    expect(tally(await attack(email))).toEqual({ 401: 20, 429: 44 });
    expectRefused(await logIn(caller(api.url), email, password));
    const back = await logIn(caller(api.url), email, password, known);
    expect(back.status).toBe(200);
    expect(deviceOf(back)).toBe(known);
  });

  it('gets no further with a cookie that was made up, or made for another account', async () => {
    const email = await newAccount();
    const own = deviceOf(await logIn(caller(api.url), await newAccount(), password));
    const known = deviceOf(await logIn(caller(api.url), email, password));
    await attack(email);
    const forged = known.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')).replace(/=./, '=-');
    for (const device of [own, forged, 'device=', 'device=x.y.z', `device=${'A'.repeat(34)}`]) {
      expectRefused(await logIn(caller(api.url), email, password, device));
    }
  });

  it('that has the device as well has its budget and no more', async () => {
    const email = await newAccount();
    const known = deviceOf(await logIn(caller(api.url), email, password));
    expect(tally(await atOnce(20, () => logIn(caller(api.url), email, wrong, known)))).toEqual({
      401: 5,
      429: 15,
    });
    expect((await logIn(caller(api.url), email, password)).status).toBe(200);
  });

  it('does not part those who share a browser from their budgets', async () => {
    const [first, second] = [await newAccount(), await newAccount()];
    const one = deviceOf(await logIn(caller(api.url), first, password));
    const both = deviceOf(await logIn(caller(api.url), second, password, one));
    for (const email of [first, second]) {
      await attack(email);
      expect((await logIn(caller(api.url), email, password, both)).status).toBe(200);
    }
  });
});
