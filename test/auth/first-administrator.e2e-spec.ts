import { getConnectionToken } from '@nestjs/mongoose';
import { Types, type Connection } from 'mongoose';
import { afterEach, describe, expect, it } from 'vitest';
import { permissionCatalogue } from '../../src/modules/roles/permission-catalogue.js';
import { administrator, isolatedSettings, startApi, type RunningApi } from '../support/app.js';

describe('seeds', () => {
  const running: RunningApi[] = [];
  afterEach(async () => {
    // The first to close drops the database that they share.
    for (const api of running.splice(0).toReversed()) await api.close();
  });

  async function start(settings: Record<string, string>): Promise<RunningApi> {
    const api = await startApi(settings);
    running.push(api);
    return api;
  }

  async function countsOf(api: RunningApi): Promise<Record<string, number>> {
    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    const names = ['permissions', 'roles', 'users'];
    const counts = await Promise.all(names.map((name) => connection.collection(name).countDocuments()));
    return Object.fromEntries(names.map((name, index) => [name, counts[index] ?? -1]));
  }

  const seeded = { permissions: permissionCatalogue.length, roles: 4, users: 1 };

  it('make one of everything, also when several processes start at once', async () => {
    const settings = isolatedSettings();
    const apis = await Promise.all([start(settings), start(settings), start(settings)]);
    for (const api of apis) {
      expect((await api.client.post('/api/auth/login', administrator)).status).toBe(200);
    }
    const [first] = apis;
    expect(first && (await countsOf(first))).toEqual(seeded);
  });

  it('change nothing at the next start, and do not bring a second administrator', async () => {
    const settings = isolatedSettings();
    await start(settings);
    const second = await start({ ...settings, ADMIN_EMAIL: 'other@nexus.test' });
    expect(await countsOf(second)).toEqual(seeded);
  });

  it('bring a permission of a newer release to the administrators', async () => {
    const settings = isolatedSettings();
    const before = await start(settings);
    const connection: Connection = before.app.get(getConnectionToken(), { strict: false });
    // As if the older release had not known it.
    const permission = await connection.collection('permissions').findOneAndDelete({ resource: 'audit' });
    await connection
      .collection<{ name: string; permissions: Types.ObjectId[] }>('roles')
      .updateOne({ name: 'admin' }, { $pull: { permissions: permission?._id ?? new Types.ObjectId() } });

    const after = await start(settings);
    const admin = await after.asAdministrator();
    const me = await admin.get('/api/users/me?include=permissions');
    expect(me.body.data?.role).toEqual([
      expect.objectContaining({
        permissions: expect.arrayContaining([{ resource: 'audit', action: 'read' }]),
      }),
    ]);
  });

  it.each([
    ['a weak ADMIN_PASSWORD', { ADMIN_PASSWORD: 'weak' }],
    ['an ADMIN_EMAIL that is none', { ADMIN_EMAIL: 'admin' }],
  ])('refuse %s, and the service stays up', async (_name, settings) => {
    const api = await start(settings);
    expect((await api.client.get('/health/live')).status).toBe(200);
    expect(await countsOf(api)).toEqual({ ...seeded, users: 0 });
  });

  it('make nobody without ADMIN_EMAIL', async () => {
    const api = await start({ ADMIN_EMAIL: '' });
    expect(await countsOf(api)).toEqual({ ...seeded, users: 0 });
  });
});
