import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { another, invalidToken, password, type Service } from './support.js';

export function emailChangeFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });

  const ask = (client: Client, newEmail: string, currentPassword = password) =>
    client.post('/api/users/me/email', { newEmail, currentPassword });
  const verify = (token: string) => service.post('/api/auth/verify-email', { token });

  async function userOf(email: string): Promise<{ id: string; client: Client }> {
    const id = await service.createUser(email);
    return { id, client: await service.api.client.login({ email, password }) };
  }

  describe('changing the e-mail address', () => {
    it('waits for the new address, tells the old one, and ends sessions and tokens', async () => {
      const { id, client } = await userOf('old@move.example');
      await service.post('/api/auth/forgot-password', { email: 'old@move.example' });
      const reset = await service.mailbox.next('old@move.example');

      expect((await ask(client, ' New@Move.Example')).body).toMatchObject({ statusCode: 202, data: null });
      const { token, text, toName } = await service.mailbox.next('new@move.example');
      // Nor may the name, which the asker chose, reach whoever reads the new address.
      expect([text, toName]).toEqual([expect.not.stringContaining('Grace'), '']);
      const notice = await service.mailbox.next('old@move.example', 1);
      expect(notice.subject).toBe('A change of your e-mail address was asked for');
      expect(notice.text).toContain('new@move.example');
      expect(notice.token).toBe('');
      expect((await client.get('/api/users/me')).body.data).toMatchObject({ email: 'old@move.example' });
      expect(await service.audited('auth.email-change-requested', id)).toBe(1);

      expect((await verify(token)).status).toBe(200);
      expect((await client.get('/api/users/me')).body).toMatchObject({ code: 'SESSION_ENDED' });
      expect((await service.login('old@move.example', password)).status).toBe(401);
      expect((await service.login('new@move.example', password)).body.data?.user).toMatchObject({
        id,
        email: 'new@move.example',
        emailVerified: true,
      });
      expect((await service.mailbox.next('old@move.example', 2)).subject).toBe(
        'Your e-mail address was changed',
      );
      expect((await verify(token)).body).toMatchObject(invalidToken);
      expect(
        (await service.post('/api/auth/reset-password', { token: reset.token, password: another })).body,
      ).toMatchObject(invalidToken);
      expect(await service.audited('auth.email-changed', id)).toBe(1);
    });

    it('answers alike when the address is taken, and mails it nothing secret', async () => {
      const { client } = await userOf('asks@move.example');
      await service.createUser('taken@move.example');
      const [taken, free] = [await ask(client, 'taken@move.example'), await ask(client, 'free@move.example')];
      expect([taken.status, taken.body]).toEqual([free.status, free.body]);
      await service.settled();
      for (const mail of service.mailbox.all('taken@move.example')) expect(mail.token).toBe('');
      // Only the latest demand counts.
      const { token } = await service.mailbox.next('free@move.example');
      await ask(client, 'later@move.example');
      expect((await verify(token)).body).toMatchObject(invalidToken);
    });

    it('is off when the password is changed: the owner may not have asked for it', async () => {
      const { client } = await userOf('hijacked@move.example');
      await ask(client, 'thief@move.example');
      const { token } = await service.mailbox.next('thief@move.example');
      const body = { currentPassword: password, newPassword: another };
      expect((await client.post('/api/auth/change-password', body)).status).toBe(200);
      expect((await verify(token)).body).toMatchObject(invalidToken);
    });

    it('is refused when somebody took the address since', async () => {
      const { client } = await userOf('slow@move.example');
      await ask(client, 'wanted@move.example');
      const { token } = await service.mailbox.next('wanted@move.example');
      await service.createUser('wanted@move.example');
      expect((await verify(token)).body).toMatchObject({ statusCode: 409, code: 'EMAIL_TAKEN' });
      expect((await service.login('slow@move.example', password)).status).toBe(200);
    });

    it.each([
      ['a wrong password', { newEmail: 'n@move.example', currentPassword: 'wrong' }, 'WRONG_PASSWORD'],
      ['their own address', { newEmail: 'Same@move.example', currentPassword: password }, 'SAME_EMAIL'],
      ['no address', { newEmail: 'x', currentPassword: password }, 'VALIDATION_FAILED'],
      ['line breaks', { newEmail: 'n@move.example\r\n', currentPassword: password }, 'VALIDATION_FAILED'],
    ])('is refused with %s', async (_, body, code) => {
      const known = await service.login('same@move.example', password);
      if (known.status !== 200) await service.createUser('same@move.example');
      const client = await service.api.client.login({ email: 'same@move.example', password });
      expect((await client.post('/api/users/me/email', body)).body).toMatchObject({ statusCode: 400, code });
      expect((await service.post('/api/users/me/email', body)).status).toBe(401);
    });
  });
}
