import { beforeAll, describe, expect, it } from 'vitest';
import { makeKey, rotateKey } from '../api-keys/keys.js';
import { password, type Service } from './support.js';

export function keyNoticeFlows(running: () => Service): void {
  let service: Service;
  beforeAll(() => {
    service = running();
  });

  describe('the rotation of a key', () => {
    it('is told to its owner when somebody else did it', async () => {
      const email = 'ada@key-notice.example';
      await service.createUser(email);
      const owner = await service.api.client.login({ email, password });
      const own = await rotateKey(owner, (await makeKey(owner)).id);
      const shown = await rotateKey(service.admin, own.id);
      const mail = await service.mailbox.next(email);
      expect(mail.subject).toBe('An API key of yours was replaced');
      expect(mail.text).not.toContain(shown.key);
      await service.settled();
      expect(service.mailbox.all(email)).toHaveLength(1);
    });
  });
}
