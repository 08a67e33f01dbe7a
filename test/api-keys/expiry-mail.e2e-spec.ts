import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExpirySweep } from '../../src/modules/api-keys/worker/expiry-sweep.js';
import { startWorker, until, type RunningContext } from '../jobs/support.js';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { makeKey, rotateKey } from './keys.js';

describe('the mail about a key that ends soon', () => {
  let api: RunningApi;
  let worker: RunningContext;
  let admin: Client;

  beforeAll(async () => {
    api = await startApi({ WORKER_PORT: '0' });
    admin = await api.asAdministrator();
    worker = await startWorker();
  });

  afterAll(async () => {
    await worker[Symbol.asyncDispose]();
    await api.close();
  });

  const jobs = () =>
    api.app
      .get<Connection>(getConnectionToken(), { strict: false })
      .collection('jobs')
      .find({ name: 'api-key-expiry-mail' })
      .toArray();
  const mails = (): string[] => {
    const folder = process.env['MAIL_FOLDER'] ?? '';
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .filter((name) => name.endsWith('.eml'))
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll(/=\r?\n/g, ''));
  };

  it('is asked for once, by the ledger, 14 days before, and holds no secret', async () => {
    const soon = await makeKey(admin, { name: 'ends soon', expiresInDays: 14 });
    await makeKey(admin, { name: 'ends later', expiresInDays: 15 });
    const rotated = await makeKey(admin, { name: 'has a successor', expiresInDays: 3 });
    await rotateKey(admin, rotated.id, { overlapHours: 168 }).then(({ id }) =>
      admin.delete(`/api/api-keys/${id}`),
    );
    const revoked = await makeKey(admin, { name: 'is revoked', expiresInDays: 3 });
    await admin.delete(`/api/api-keys/${revoked.id}`);

    const sweep = worker.get(ExpirySweep);
    const asked = await Promise.all([sweep.sweep(), sweep.sweep(), sweep.sweep()]);
    expect(asked.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(1);
    expect(await sweep.sweep()).toBe(0);
    const found = await jobs();
    expect(found.map(({ data }) => data.keyId)).toEqual([soon.id]);
    expect(JSON.stringify(found)).not.toContain(soon.key.slice(7));

    await until('the mail is written', () => mails().length > 0);
    const [mail = ''] = mails();
    expect(mails()).toHaveLength(1);
    expect(mail).toContain(administrator.email);
    expect(mail).toContain('ends soon');
    expect(mail).toContain(soon.key.slice(0, 7));
    expect(mail).not.toContain(soon.key.slice(7));
  });
});
