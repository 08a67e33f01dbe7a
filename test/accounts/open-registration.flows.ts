import { beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../api-keys/keys.js';
import type { Reply } from '../support/client.js';
import { another, password, type Service } from './support.js';

export function openRegistrationFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });
  const register = (email: string, chosen = password) =>
    service.post('/api/auth/register', { email, password: chosen, name: 'Ada Lovelace' });

  describe('registering where an address need not be verified', () => {
    it('makes an account at once; the mailed token verifies its address', async () => {
      const email = 'ada@open.example';
      expect((await register(email)).status).toBe(202);
      const client = await service.api.client.login({ email, password });
      expect((await client.get('/api/users/me')).body.data).toMatchObject({
        status: 'active',
        emailVerified: false,
      });

      const key = await makeKey(client);
      const { token, text, toName } = await service.mailbox.next(email);
      // Whoever registers chooses the name: it must not reach a stranger's mailbox.
      expect([text, toName]).toEqual([expect.not.stringContaining('Lovelace'), '']);
      expect((await service.post('/api/auth/verify-email', { token })).status).toBe(200);
      // Whoever made it had not shown that the address is theirs.
      expect((await key.get('/api/users/me')).status).toBe(401);
      expect((await client.get('/api/users/me')).body.data).toMatchObject({ emailVerified: true });
      expect((await service.post('/api/auth/verify-email', { token })).status).toBe(400);
      // From now on there is nothing to verify.
      await service.post('/api/auth/resend-verification', { email });
      await service.settled();
      expect(service.mailbox.all(email)).toHaveLength(1);
    });

    it('makes one account of registrations in every spelling at once, and answers all alike', async () => {
      const email = 'zo\u00eb@open.example';
      const spellings = [email, 'ZO\u00cb@open.example', 'zoe\u0308@open.example', 'Zoe\u0308@OPEN.EXAMPLE'];
      const registered = async (spelling: string): Promise<Reply> => {
        const reply = await register(spelling);
        // A busy machine cannot judge eight passwords in two seconds, and says so.
        return reply.status === 503 ? registered(spelling) : reply;
      };
      const replies = await Promise.all([...spellings, ...spellings].map(registered));
      expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(await service.database.collection('users').countDocuments({ email })).toBe(1);
      expect(await service.audited('auth.register', email)).toBe(8);
    });

    it('gives an account that a stranger made to the owner of its address', async () => {
      const email = 'victim@open.example';
      await register(email, another);
      const stranger = await service.api.client.login({ email, password: another });
      const strangers = await service.mailbox.next(email);
      const key = await makeKey(stranger);
      expect((await key.get('/api/users/me')).status).toBe(200);

      expect((await register(email)).status).toBe(202);
      const { subject, text, token } = await service.mailbox.next(email, 1);
      expect(subject).toBe('You already have an account');
      expect(text).toContain('/reset-password#token=');
      const reset = await service.post('/api/auth/reset-password', { token, password });
      expect(reset.status, reset.text).toBe(200);

      expect((await stranger.get('/api/users/me')).status).toBe(401);
      expect((await key.get('/api/users/me')).status).toBe(401);
      expect((await service.login(email, another)).status).toBe(401);
      const { body } = await service.login(email, password);
      expect(body.data?.user).toMatchObject({ email, emailVerified: true });
      expect((await service.post('/api/auth/verify-email', { token: strangers.token })).status).toBe(400);
    });
  });
}
