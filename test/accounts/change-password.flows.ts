import { beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { another, invalidToken, password, type Service } from './support.js';

export function passwordChangeFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });

  const change = (client: Client, currentPassword: string, newPassword: string) =>
    client.post('/api/auth/change-password', { currentPassword, newPassword });
  const repeated = 'Password cannot be one of your last 5 passwords';

  describe('changing the password', () => {
    it('ends the other sessions and the tokens of a reset, and keeps this session', async () => {
      const email = 'ada@change.example';
      const id = await service.createUser(email);
      const here = await service.api.client.login({ email, password });
      const there = await service.api.client.login({ email, password });
      await service.post('/api/auth/forgot-password', { email });
      const { token } = await service.mailbox.next(email);

      expect((await change(here, password, another)).body).toMatchObject({
        statusCode: 200,
        message: 'Password changed',
      });
      expect((await here.get('/api/users/me')).status).toBe(200);
      expect((await there.get('/api/users/me')).body).toMatchObject({ code: 'SESSION_ENDED' });
      expect(
        (await service.post('/api/auth/reset-password', { token, password: 'Further-Horse-9-Battery' })).body,
      ).toMatchObject(invalidToken);
      expect((await service.login(email, password)).status).toBe(401);
      expect((await service.login(email, another)).status).toBe(200);
      expect(await service.audited('auth.password-changed', id)).toBe(1);
    });

    it('needs a login, and the current password', async () => {
      const email = 'grace@change.example';
      await service.createUser(email);
      const client = await service.api.client.login({ email, password });
      expect((await change(service.api.client, password, another)).status).toBe(401);
      expect((await change(client, 'Wrong-Horse-1-Battery', another)).body).toMatchObject({
        statusCode: 400,
        code: 'WRONG_PASSWORD',
        errors: [{ path: 'currentPassword' }],
      });
      expect((await change(client, password, 'short')).body).toMatchObject({
        statusCode: 400,
        code: 'WEAK_PASSWORD',
        errors: [{ path: 'newPassword' }, { path: 'newPassword' }, { path: 'newPassword' }],
      });
      expect((await service.login(email, password)).status).toBe(200);
    });

    it('is done by one of two at once', async () => {
      const email = 'race@change.example';
      await service.createUser(email);
      const client = await service.api.client.login({ email, password });
      const replies = await Promise.all(
        ['First-Horse-1-Battery', 'Second-Horse-2-Battery'].map((chosen) => change(client, password, chosen)),
      );
      expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400]);
    });

    it('refuses the last five passwords, for 90 days', async () => {
      const email = 'history@change.example';
      const passwords = [0, 1, 2, 3, 4, 5].map((number) => `Horse-Battery-${number}-Staple`);
      const [first = ''] = passwords;
      await service.createUser(email, first);
      const client = await service.api.client.login({ email, password: first });
      for (const [index, current] of passwords.slice(0, 4).entries()) {
        expect((await change(client, current, passwords[index + 1] ?? '')).status).toBe(200);
      }
      for (const used of passwords.slice(0, 5)) {
        expect((await change(client, passwords[4] ?? '', used)).body).toMatchObject({
          message: repeated,
          errors: [{ path: 'newPassword', message: repeated }],
        });
      }
      expect((await change(client, passwords[4] ?? '', passwords[5] ?? '')).status).toBe(200);
      // The first is the sixth last now.
      expect((await change(client, passwords[5] ?? '', first)).status).toBe(200);

      const past = new Date(Date.now() - 90 * 24 * 60 * 60_000);
      await service.database
        .collection('users')
        .updateOne({ email }, { $set: { 'passwordHistory.$[].replacedAt': past } });
      expect((await change(client, first, passwords[5] ?? '')).status).toBe(200);
      // The current one is never forgotten.
      expect((await change(client, passwords[5] ?? '', passwords[5] ?? '')).body).toMatchObject({
        message: repeated,
      });
      expect((await client.get('/api/users/me')).text).not.toMatch(/\$2b\$|passwordH/);
    });
  });
}
