import { beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../api-keys/keys.js';
import { another, invalidToken, later, minute, password, type Service } from './support.js';

export function recoveryFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });

  const forgot = (email: string) => service.post('/api/auth/forgot-password', { email });
  const reset = (token: string, chosen = another) =>
    service.post('/api/auth/reset-password', { token, password: chosen });

  async function resetTokenOf(email: string, known = 0): Promise<string> {
    expect((await forgot(email)).status).toBe(202);
    return (await service.mailbox.next(email, known)).token;
  }

  describe('a forgotten password', () => {
    it('is replaced by the mailed token, once; every session and every other token ends', async () => {
      const email = 'ada@recovery.example';
      const id = await service.createUser(email);
      const client = await service.api.client.login({ email, password });
      const first = await resetTokenOf(email);
      const second = await resetTokenOf(email, 1);

      expect((await reset(second, 'weak')).body).toMatchObject({ statusCode: 400, code: 'WEAK_PASSWORD' });
      expect((await reset(second, password)).body).toMatchObject({
        message: 'Password cannot be one of your last 5 passwords',
        errors: [{ path: 'password', message: 'Password cannot be one of your last 5 passwords' }],
      });
      const replies = await Promise.all([reset(second), reset(second), reset(second)]);
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400, 400]);
      expect((await reset(first)).body).toMatchObject(invalidToken);

      expect((await client.get('/api/users/me')).body).toMatchObject({
        statusCode: 401,
        code: 'SESSION_ENDED',
      });
      expect((await service.login(email, password)).status).toBe(401);
      expect((await service.login(email, another)).body.data?.user).toMatchObject({ emailVerified: true });
      expect(await service.audited('auth.password-reset', id)).toBe(1);
      expect(
        await service.database.collection('signals').countDocuments({ kind: 'user', id }),
      ).toBeGreaterThan(0);
    });

    it('ends the API keys when it is the first proof of the address, and no later ones', async () => {
      const email = 'machines@recovery.example';
      await service.createUser(email);
      const early = await makeKey(await service.api.client.login({ email, password }));
      expect((await reset(await resetTokenOf(email))).status).toBe(200);
      expect((await early.get('/api/users/me')).status).toBe(401);

      const key = await makeKey(await service.api.client.login({ email, password: another }));
      const [unproven] = service.mailbox.all(email);
      expect([unproven?.text, unproven?.toName]).toEqual([expect.stringContaining('Hello,'), '']);
      expect((await reset(await resetTokenOf(email, 1), 'Third-Horse-9-Battery')).status).toBe(200);
      expect((await key.get('/api/users/me')).status).toBe(200);
      const proven = service.mailbox.all(email)[1];
      expect([proven?.text, proven?.toName]).toEqual([
        expect.stringContaining('Hello Grace Hopper,'),
        'Grace Hopper',
      ]);
    });

    it('answers unknown addresses alike and mails them nothing', async () => {
      await service.createUser('known@recovery.example');
      const [known, unknown] = [
        await forgot('known@recovery.example'),
        await forgot('unknown@recovery.example'),
      ];
      expect([unknown.status, unknown.body]).toEqual([known.status, known.body]);
      await service.mailbox.next('known@recovery.example');
      await service.settled();
      expect(service.mailbox.all('unknown@recovery.example')).toEqual([]);
    });

    it('has a token for 30 minutes', async () => {
      await service.createUser('late@recovery.example');
      const token = await resetTokenOf('late@recovery.example');
      expect((await later(30 * minute, () => reset(token))).body).toMatchObject(invalidToken);
      expect((await later(29 * minute, () => reset(token))).status).toBe(200);
    });

    it.each(['unknown', 'x'.repeat(43), '$ne', '../../etc/passwd'])(
      'is not replaced by %j',
      async (token) => {
        expect((await reset(token)).body).toMatchObject(invalidToken);
      },
    );

    it('takes its token for nothing else', async () => {
      await service.createUser('other@recovery.example');
      const token = await resetTokenOf('other@recovery.example');
      expect((await service.post('/api/auth/verify-email', { token })).body).toMatchObject(invalidToken);
      const stored = await service.database.collection('oneTimeTokens').find({}).toArray();
      expect(JSON.stringify(stored)).not.toContain(token);
    });

    it('is of no use to the suspended and the deleted, nor are tokens of before', async () => {
      const email = 'suspended@recovery.example';
      const id = await service.createUser(email);
      const token = await resetTokenOf(email);
      expect((await service.admin.post(`/api/users/${id}/suspend`)).status).toBe(200);
      expect((await reset(token)).body).toMatchObject(invalidToken);
      await forgot(email);
      await service.settled();
      expect(service.mailbox.all(email)).toHaveLength(1);
      await service.admin.post(`/api/users/${id}/activate`);
      expect((await reset(token)).body).toMatchObject(invalidToken);

      const after = await resetTokenOf(email, 1);
      await service.admin.delete(`/api/users/${id}`);
      expect((await reset(after)).body).toMatchObject(invalidToken);
      await service.admin.post(`/api/users/${id}/restore`);
      expect((await reset(after)).body).toMatchObject(invalidToken);
    });
  });

  describe('an invitation', () => {
    const invite = async (email: string): Promise<string> => {
      const reply = await service.admin.post('/api/users', { email, name: 'Invited' });
      expect(reply.body.data).toMatchObject({ status: 'pending' });
      return String(reply.body.data?.id);
    };

    it('is accepted by choosing a password, which also verifies the address', async () => {
      const id = await invite('invited@recovery.example');
      const { token, text } = await service.mailbox.next('invited@recovery.example');
      expect(text).toContain('/accept-invitation#token=');
      const reply = await later(7 * 24 * 60 * minute - minute, () => reset(token, password));
      expect(reply.status, reply.text).toBe(200);
      expect((await service.login('invited@recovery.example', password)).body.data?.user).toMatchObject({
        status: 'active',
        emailVerified: true,
      });
      expect((await reset(token)).body).toMatchObject(invalidToken);
      expect(await service.audited('auth.accept-invitation', id)).toBe(1);
    });

    it('is good for 7 days', async () => {
      await invite('slow@recovery.example');
      const { token } = await service.mailbox.next('slow@recovery.example');
      expect((await later(7 * 24 * 60 * minute, () => reset(token, password))).body).toMatchObject(
        invalidToken,
      );
    });
  });
}
