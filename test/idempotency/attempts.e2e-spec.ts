import type { Model } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';
import { countUsers, freshName, keysOf, replayed, wish, type KeptKey, type Send } from './support.js';

describe('an attempt with an Idempotency-Key', () => {
  let api: RunningApi;
  let admin: Client;
  let keys: Model<KeptKey>;

  beforeAll(async () => {
    api = await startApi();
    admin = await api.asAdministrator();
    keys = keysOf(api);
  });
  afterAll(() => api?.close());

  const send: Send = (path, body, key) => admin.post(path, body, { headers: { 'idempotency-key': key } });

  it('that fails by our fault keeps no answer, and nothing is left of the attempt', async () => {
    const work = api.app.get(UnitOfWork);
    const run = work.run.bind(work);
    const email = 'after-a-failure@nexus.test';
    // The last thing before the commit fails, as it does when the database goes away.
    work.run = (fn) =>
      run(async () => {
        await fn();
        throw new Error('lost before the commit');
      });
    const failed = await send('/api/users', wish(email), 'failing').finally(() => (work.run = run));
    expect(failed.status).toBe(500);
    expect(await countUsers(admin, email)).toBe(0);
    const again = await send('/api/users', wish(email), 'failing');
    expect([again.status, replayed(again)]).toEqual([201, null]);
  });

  it('of a process that died ends with its lease, for the same request only', async () => {
    const name = freshName();
    await send('/api/roles', { name }, 'abandoned');
    const kept = await keys.findOne().sort({ expireAt: -1 }).lean().orFail();
    // What a process leaves behind that dies between its claim and its commit.
    await keys.updateOne({ _id: kept._id }, { $set: { answer: null } });
    const role = await admin.get('/api/roles?sortBy=createdAt&limit=1');
    const [created] = Array.isArray(role.body.data) ? role.body.data : [];
    await admin.delete(`/api/roles/${String(created.id)}`);

    const waiting = await send('/api/roles', { name }, 'abandoned');
    expect([waiting.status, waiting.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_PROGRESS']);
    const lease = kept.leaseUntil.getTime() - kept.expireAt.getTime();
    expect(lease).toBe(60_000 - 24 * 60 * 60 * 1_000);

    await keys.updateOne({ _id: kept._id }, { $set: { leaseUntil: new Date(Date.now() - 1_000) } });
    expect((await send('/api/roles', { name: freshName() }, 'abandoned')).status).toBe(422);
    const attempts = await Promise.all(
      Array.from({ length: 10 }, () => send('/api/roles', { name }, 'abandoned')),
    );
    const done = attempts.filter((reply) => reply.status === 201 && replayed(reply) === null);
    expect(done).toHaveLength(1);
    const others = attempts.filter((reply) => !done.includes(reply));
    expect(others.every((reply) => reply.status === 409 || replayed(reply) === 'true')).toBe(true);
  });

  it('is forgotten after a day', async () => {
    const name = freshName();
    await send('/api/roles', { name }, 'a-day-old');
    const kept = await keys.findOne().sort({ expireAt: -1 }).lean().orFail();
    await keys.updateOne({ _id: kept._id }, { $set: { expireAt: new Date(Date.now() - 1_000) } });
    const reply = await send('/api/roles', { name: freshName() }, 'a-day-old');
    expect([reply.status, replayed(reply)]).toEqual([201, null]);
    const expiry = (await keys.listIndexes()).find((index) => String(index.name) === 'expiry');
    expect(expiry).toMatchObject({ key: { expireAt: 1 }, expireAfterSeconds: 0 });
  });

  it('that came too late changes nothing: its attempt was taken over', async () => {
    const email = 'too-late@nexus.test';
    const work = api.app.get(UnitOfWork);
    const run = work.run.bind(work);
    work.run = async (fn) => {
      // Its lease ends while it works, and another takes over.
      const kept = await keys.findOne({ answer: null }).lean().orFail();
      await keys.updateOne({ _id: kept._id }, { $set: { claim: 'of-another-process' } });
      return run(fn);
    };
    const late = await send('/api/users', wish(email), 'too-late').finally(() => (work.run = run));
    expect([late.status, late.body.code]).toEqual([409, 'IDEMPOTENCY_KEY_IN_PROGRESS']);
    expect(await countUsers(admin, email)).toBe(0);
  });
});
