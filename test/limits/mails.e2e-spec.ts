import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import { accountMaker, password, type Account } from './accounts.js';
import { atOnce, bearer, caller, oneByOne, tally } from './callers.js';

let api: RunningApi;
let ada: Account;

beforeAll(async () => {
  api = await startApi({
    RATE_LIMIT_ANONYMOUS: '100000/1m',
    RATE_LIMIT_AUTH_FAILURES: '5/10m',
    TRUSTED_PROXIES: '127.0.0.1',
    // What is looked at is the count, not how busy this machine is.
    REDIS_COMMAND_TIMEOUT: '2s',
  });
  ada = await (await accountMaker(api))('ada@nexus.test');
});
afterAll(() => api?.close());

function mails(filter: Record<string, unknown> = {}): Promise<number> {
  const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
  return connection.collection('jobs').countDocuments({ queue: 'email', ...filter });
}

describe('routes that cause a mail', () => {
  it('write three times to one recipient, and answer as if they always did', async () => {
    const before = await mails();
    const paths = ['/api/auth/forgot-password', '/api/auth/otp/request'];
    const spellings = [ada.email, ` ${ada.email.toUpperCase()} `];
    const replies = await oneByOne(8, (index) =>
      caller(api.url).post(paths[index % 2] ?? '', { email: spellings[index % 2] }),
    );
    expect(tally(replies)).toEqual({ 202: 8 });
    expect(await mails()).toBe(before + 3);
  });

  it('have one limit of 20 an address, whoever is to be written to', async () => {
    const someone = caller(api.url);
    const paths = ['/api/auth/forgot-password', '/api/auth/otp/request'];
    const replies = await atOnce(30, (index) =>
      someone.post(paths[index % 2] ?? '', { email: `somebody-${index}@nexus.test` }),
    );
    expect(tally(replies)).toEqual({ 202: 20, 429: 10 });
    const registration = { email: 'new@nexus.test', name: 'New', password: 'Third-Horse-6-Battery' };
    const refused = await someone.post('/api/auth/register', registration);
    expect(refused.body).toMatchObject({
      statusCode: 429,
      code: 'RATE_LIMITED',
      message: 'Too many requests, please try again later.',
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect((await someone.get('/api/csrf-token')).status).toBe(200);
  });
});

describe('wrong codes and wrong current passwords', () => {
  it('have budgets of their own, and so do those who log in', async () => {
    const someone = caller(api.url);
    const code = { email: ada.email, code: '000000' };
    expect(tally(await atOnce(12, () => someone.post('/api/auth/otp/verify', code)))).toEqual({
      401: 5,
      429: 7,
    });
    expect((await someone.post('/api/auth/login', { email: ada.email, password })).status).toBe(200);
  });

  it('are bounded for somebody who is logged in, from whatever address', async () => {
    const token = bearer(await ada.token());
    const guess = { currentPassword: 'Wrong-Horse-9-Battery', newPassword: 'Third-Horse-6-Battery' };
    const replies = await atOnce(12, () => caller(api.url).post('/api/auth/change-password', guess, token));
    expect(tally(replies)).toEqual({ 400: 5, 429: 7 });
    expect(replies.find(({ status }) => status === 429)?.body.code).toBe('TOO_MANY_LOGIN_ATTEMPTS');
  });
});
