import { beforeAll, describe, expect, it, vi } from 'vitest';
import { another, later, minute, password, type Service } from './support.js';

export function loginCodeFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });

  const request = (email: string) => service.post('/api/auth/otp/request', { email });
  const verify = (email: string, code: string) => service.post('/api/auth/otp/verify', { email, code });
  const wrongCode = { statusCode: 401, success: false, code: 'INVALID_CODE' };

  async function codeFor(email: string, known = 0): Promise<string> {
    expect((await request(email)).status).toBe(202);
    const { code } = await service.mailbox.next(email, known);
    expect(code).toMatch(/^\d{6}$/);
    return code;
  }

  /** Another code than this one. */
  const besides = (code: string): string => (code === '000000' ? '000001' : '000000');

  describe('logging in by a mailed code', () => {
    it('works once', async () => {
      const email = 'ada@codes.example';
      await service.createUser(email);
      const code = await codeFor(email);
      const replies = await Promise.all([verify(email, code), verify(email, code), verify(email, code)]);
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 401, 401]);
      const { body, headers } = replies.find(({ status }) => status === 200) ?? (await verify(email, code));
      expect(body).toMatchObject({
        message: 'Logged in',
        data: {
          accessToken: expect.any(String),
          refreshToken: expect.any(String),
          expiresIn: 600,
          user: { email },
        },
      });
      expect(headers.get('cache-control')).toBe('no-store');
      expect((await verify(email, code)).body).toMatchObject(wrongCode);
      const logins = { action: 'auth.otp-login', 'actor.id': String(body.data?.user?.id) };
      expect(await service.database.collection('auditEntries').countDocuments(logins)).toBe(1);
      await expect
        .poll(() => service.audited('auth.otp-failed', email), { timeout: 10_000 })
        .toBeGreaterThan(0);
    });

    it('opens no session that a change of the password at the same moment would not end', async () => {
      const email = 'race@codes.example';
      await service.createUser(email);
      const client = await service.api.client.login({ email, password });
      const code = await codeFor(email);
      const { LoginsService } = await import('../../src/modules/auth/logins.service.js');
      const logins = service.api.app.get(LoginsService, { strict: false });
      const open = logins.open.bind(logins);
      const opening = vi.spyOn(logins, 'open').mockImplementationOnce(async (request) => {
        // The code has proved right by now.
        const wish = { currentPassword: password, newPassword: another };
        expect((await client.post('/api/auth/change-password', wish)).status).toBe(200);
        return open(request);
      });
      const reply = await verify(email, code);
      opening.mockRestore();
      expect(reply.body).toMatchObject(wrongCode);
    });

    it('takes five tries of a code', async () => {
      const email = 'tries@codes.example';
      await service.createUser(email);
      const code = await codeFor(email);
      for (let number = 0; number < 5; number += 1) {
        expect((await verify(email, besides(code))).body).toMatchObject(wrongCode);
      }
      expect((await verify(email, code)).body).toMatchObject(wrongCode);
      // A newer one begins anew.
      const newer = await codeFor(email, 1);
      expect((await verify(email, newer)).status).toBe(200);
    });

    it('bears ten failures of an account a day, also those at once', async () => {
      const email = 'day@codes.example';
      await service.createUser(email);
      let mails = 0;
      for (const tries of [4, 4, 4]) {
        const code = await codeFor(email, mails++);
        await Promise.all(Array.from({ length: tries }, () => verify(email, besides(code))));
      }
      const code = await codeFor(email, mails++);
      expect((await verify(email, code)).body).toMatchObject(wrongCode);
      const counted = await service.database
        .collection<{ _id: string; failures: number }>('codeFailures')
        .find({ failures: { $gt: 5 } })
        .toArray();
      expect(Math.max(...counted.map(({ failures }) => failures))).toBe(10);
      await later(24 * 60 * minute + minute, async () => {
        const tomorrows = await codeFor(email, mails++);
        expect((await verify(email, tomorrows)).status).toBe(200);
      });
    });

    it('has a code for ten minutes, and the latest one only', async () => {
      const email = 'late@codes.example';
      await service.createUser(email);
      const first = await codeFor(email);
      const second = await codeFor(email, 1);
      if (first !== second) expect((await verify(email, first)).body).toMatchObject(wrongCode);
      expect((await later(10 * minute, () => verify(email, second))).body).toMatchObject(wrongCode);
      expect((await verify(email, second)).status).toBe(200);
    });

    it('answers unknown, suspended and invited ones alike and mails them nothing', async () => {
      const id = await service.createUser('suspended@codes.example');
      await service.admin.post(`/api/users/${id}/suspend`);
      await service.admin.post('/api/users', { email: 'invited@codes.example', name: 'Invited' });
      await service.createUser('known@codes.example');
      const addresses = ['known', 'unknown', 'suspended', 'invited'].map((name) => `${name}@codes.example`);
      const answers = await Promise.all(addresses.map(request));
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      const code = (await service.mailbox.next('known@codes.example')).code;
      await service.settled();
      for (const address of addresses.slice(1)) {
        expect(service.mailbox.all(address).filter((mail) => mail.code !== '')).toEqual([]);
        expect((await verify(address, code)).body).toMatchObject(wrongCode);
      }
    });

    it('has no code any more after a suspension, even a short one', async () => {
      const email = 'back@codes.example';
      const id = await service.createUser(email);
      const code = await codeFor(email);
      for (const act of ['suspend', 'activate']) {
        expect((await service.admin.post(`/api/users/${id}/${act}`)).status).toBe(200);
      }
      expect((await verify(email, code)).body).toMatchObject(wrongCode);
    });

    it('keeps only a hash that needs a key', async () => {
      await service.createUser('hash@codes.example');
      const code = await codeFor('hash@codes.example');
      const codes = await service.database.collection('loginCodes').find({}).toArray();
      for (const { hash } of codes) expect(hash).toMatch(/^[0-9a-f]{64}$/);
      expect(JSON.stringify(codes)).not.toContain(`"${code}"`);
    });

    it.each(['12345', '1234567', 'abcdef', '', '１２３４５６'])(
      'refuses %j before anything else',
      async (code) => {
        expect((await verify('known@codes.example', code)).body).toMatchObject({
          statusCode: 400,
          code: 'VALIDATION_FAILED',
        });
      },
    );

    it('sets cookies for a browser, which needs a CSRF token', async () => {
      const email = 'browser@codes.example';
      await service.createUser(email, password);
      const code = await codeFor(email);
      const body = { email, code, transport: 'cookie' };
      expect((await service.post('/api/auth/otp/verify', body)).status).toBe(403);

      const csrf = await service.api.client.get('/api/csrf-token');
      const cookies = csrf.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
      const reply = await service.api.client.post('/api/auth/otp/verify', body, {
        headers: { 'x-csrf-token': String(csrf.body.data?.csrfToken), cookie: cookies.join('; ') },
      });
      expect(reply.status, reply.text).toBe(200);
      expect(reply.body.data).not.toHaveProperty('accessToken');
      expect(reply.headers.getSetCookie().join()).toMatch(/access=[^]*HttpOnly/);
    });
  });
}
