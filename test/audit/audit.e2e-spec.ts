import { getModelToken } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requestContext } from '../../src/common/request-context.js';
import { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../../src/modules/audit/audit.service.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';
import { entriesOf, eventually } from './trail.js';

const password = 'Another-Horse-8-Battery';
const day = 24 * 60 * 60 * 1_000;
const retention = 3 * day;

describe('the audit trail', () => {
  let api: RunningApi;
  let admin: Client;
  let weak: Client;
  let weakId: string;

  const record = (id: string): Promise<void> =>
    api.app.get(AuditService, { strict: false }).record({
      action: 'user.updated',
      target: { type: 'user', id },
      changes: { name: { from: 'Ada', to: 'Augusta' } },
    });

  beforeAll(async () => {
    api = await startApi({ AUDIT_RETENTION: '3d' });
    admin = await api.asAdministrator();
    const credentials = { email: 'weak@nexus.test', password };
    const created = await admin.post('/api/users', { ...credentials, name: 'Weak' });
    weakId = String(created.body.data?.id);
    weak = await admin.login(credentials);
  });
  afterAll(() => api?.close());

  it('is read by those who may', async () => {
    expect((await api.client.get('/api/audit')).status).toBe(401);
    expect((await weak.get('/api/audit')).status).toBe(403);
    expect((await admin.get('/api/audit')).body).toMatchObject({
      message: 'Audit entries retrieved',
      pagination: { itemsPerPage: 10 },
    });
  });

  it('shows who, what, on whom, from where and in which request', async () => {
    await requestContext.run(
      { requestId: 'the-request', trace: undefined, ip: '203.0.113.7', route: '/api/users/:id' },
      () => record('shape'),
    );
    const [entry, ...others] = entriesOf(await admin.get('/api/audit?target=shape'));
    expect(others).toEqual([]);
    expect(entry).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      actor: { type: 'anonymous', id: '203.0.113.7' },
      action: 'user.updated',
      target: { type: 'user', id: 'shape' },
      outcome: 'success',
      changes: { name: { from: 'Ada', to: 'Augusta' } },
      ip: '203.0.113.7',
      requestId: 'the-request',
    });
  });

  it('has an entry of a change exactly when the change is there', async () => {
    const work = api.app.get(UnitOfWork);
    const undone = work.run(async () => {
      await record('undone');
      throw new Error('rolled back');
    });
    await expect(undone).rejects.toThrow('rolled back');
    await work.run(() => record('done'));
    expect(entriesOf(await admin.get('/api/audit?target=undone'))).toEqual([]);
    expect(entriesOf(await admin.get('/api/audit?target=done'))).toHaveLength(1);
  });

  it('is read to its end by cursor, newest first, and shows nothing twice while it grows', async () => {
    for (let index = 0; index < 7; index += 1) await record('paged');
    const seen: Json[] = [];
    let cursor = '';
    for (let page = 0; page < 10; page += 1) {
      const reply = await admin.get(`/api/audit?target=paged&limit=3&cursor=${encodeURIComponent(cursor)}`);
      seen.push(...entriesOf(reply));
      await record('paged');
      const next = reply.body.pagination?.nextCursor;
      if (next === undefined) break;
      cursor = String(next);
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
    const times = seen.map(({ at }) => String(at));
    expect(times).toEqual(times.toSorted().toReversed());
    // And without being asked: there are no numbered pages.
    const first = await admin.get('/api/audit?target=paged&limit=3');
    expect(first.body.pagination).toMatchObject({ hasNextPage: true, nextCursor: expect.any(String) });
  });

  it('is filtered by actor, action, target and time', async () => {
    await record('filtered');
    const [entry] = entriesOf(await admin.get('/api/audit?target=filtered'));
    const at = String(entry?.at);
    const before = new Date(Date.parse(at) - 1).toISOString();
    const after = new Date(Date.parse(at) + 1).toISOString();
    const found = async (filter: string): Promise<number> =>
      entriesOf(await admin.get(`/api/audit?target=filtered&${filter}`)).length;
    expect(await found('action=user.updated&actor=service')).toBe(1);
    expect(await found('action=user.deleted')).toBe(0);
    expect(await found('actor=somebody-else')).toBe(0);
    expect(await found(`from=${at}&to=${at}`)).toBe(1);
    expect(await found(`from=${after}`)).toBe(0);
    expect(await found(`to=${before}`)).toBe(0);
    expect(await found(`from=${encodeURIComponent(at.replace('Z', '+00:00'))}`)).toBe(1);
  });

  it.each([
    'action=user.flown',
    'actor=',
    'target=a&target=b',
    'from=yesterday',
    'from=2026-02-31',
    'from=2026-02-30T00:00:00Z',
    'from=2026-01-01T10:00:00',
    'to=1767225600000',
    'from=2026-03-02&to=2026-03-01',
    'page=1',
    'sortBy=actor',
    'limit=101',
    'cursor=made-up',
  ])('refuses ?%s', async (query) => {
    const reply = await admin.get(`/api/audit?${query}`);
    expect([reply.status, reply.body.success]).toEqual([400, false]);
    expect(Array.isArray(reply.body.errors)).toBe(true);
  });

  it('tells of refused requests: once a minute for actor, address and action, with their count', async () => {
    const credentials = { email: 'stubborn@nexus.test', password };
    const created = await admin.post('/api/users', { ...credentials, name: 'Stubborn' });
    const id = String(created.body.data?.id);
    const stubborn = await admin.login(credentials);
    await Promise.all(Array.from({ length: 20 }, () => stubborn.delete(`/api/users/${weakId}`)));
    const [entry, ...others] = await eventually(admin, `actor=${id}&action=access.denied`);
    expect(others).toEqual([]);
    expect(entry?.count).toBeGreaterThan(1);
    expect(entry).toMatchObject({
      actor: { type: 'user', id },
      target: { type: 'route' },
      outcome: 'refused',
      changes: { code: { to: 'FORBIDDEN' } },
      ip: '127.0.0.1',
      requestId: expect.any(String),
    });
  });

  it('tells which rule refused, and on what', async () => {
    const name = 'half-strong';
    await admin.post('/api/roles', { name, permissions: ['users:read', 'users:delete'] });
    const credentials = { email: 'half@nexus.test', password };
    await admin.post('/api/users', { ...credentials, name, roles: [name] });
    const half = await admin.login(credentials);
    const me = await admin.get('/api/users/me');
    const target = String(me.body.data?.id);
    expect((await half.delete(`/api/users/${target}`)).status).toBe(403);
    const halfId = String((await half.get('/api/users/me')).body.data?.id);
    const [entry] = await eventually(admin, `actor=${halfId}&action=access.denied`);
    expect(entry).toMatchObject({
      target: { type: 'route', id: 'DELETE /api/users/:id' },
      changes: { code: { to: 'PERMISSION_NOT_HELD' }, id: { to: target } },
    });
  });

  it('is never changed: neither by a route nor by code that tries', async () => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await admin.call(method, '/api/audit', method === 'DELETE' ? {} : { body: {} });
      expect([method, reply.status, reply.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD']);
    }
    await record('kept');
    const entries: Model<{ count: number }> = api.app.get(getModelToken('AuditEntry'), { strict: false });
    const of = { 'target.id': 'kept' };
    const attempts: Record<string, () => Promise<unknown>> = {
      updateOne: () => entries.updateOne(of, { count: 2 }).exec(),
      updateMany: () => entries.updateMany(of, { count: 2 }).exec(),
      replaceOne: () => entries.replaceOne(of, { count: 2 }).exec(),
      findOneAndUpdate: () => entries.findOneAndUpdate(of, { count: 2 }).exec(),
      findOneAndReplace: () => entries.findOneAndReplace(of, { count: 2 }).exec(),
      findOneAndDelete: () => entries.findOneAndDelete(of).exec(),
      findByIdAndDelete: () => entries.findByIdAndDelete('0123456789abcdef01234567').exec(),
      deleteOne: () => entries.deleteOne(of).exec(),
      deleteMany: () => entries.deleteMany(of).exec(),
      bulkWrite: () => entries.bulkWrite([{ deleteMany: { filter: of } }]),
      save: async () => (await entries.findOne(of).orFail()).set('count', 2).save(),
      'of a document': async () => (await entries.findOne(of).orFail()).deleteOne(),
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      await expect(attempt(), name).rejects.toThrow('never changed or deleted');
    }
    const kept = await entries.findOne(of).lean();
    expect(kept?.count).toBe(1);
  });

  it('is kept for as long as AUDIT_RETENTION says', async () => {
    await record('old');
    const entries: Model<{ at: Date; expireAt: Date }> = api.app.get(getModelToken('AuditEntry'), {
      strict: false,
    });
    const entry = await entries.findOne({ 'target.id': 'old' }).lean().orFail();
    expect(entry.expireAt.getTime() - entry.at.getTime()).toBe(retention);
    const expiry = (await entries.listIndexes()).find(({ name }) => String(name) === 'expiry');
    expect(expiry).toMatchObject({ key: { expireAt: 1 }, expireAfterSeconds: 0 });
  });
});
