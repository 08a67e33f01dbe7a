import { getConnectionToken } from '@nestjs/mongoose';
import { MongoClient } from 'mongodb';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseConnection } from '../../src/infrastructure/mongo/database-connection.js';
import { pollComment } from '../../src/infrastructure/mongo/signals/signals.repository.js';
import { administrator, isolatedSettings, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

const settings = isolatedSettings();

/** Refused by the route's own rules: after the guards, which needs users:read, and before any read of its own. */
const guarded = '/api/users?limit=0';

describe('an authenticated request', () => {
  let api: RunningApi;
  let admin: Client;
  /** As another process would write: past everything of ours. */
  let other: MongoClient;
  const commands: { name: string; isPoll: boolean; text: string }[] = [];

  beforeAll(async () => {
    const uri = new URL(settings['MONGODB_URI'] ?? '');
    uri.searchParams.set('monitorCommands', 'true');
    api = await startApi({ ...settings, MONGODB_URI: uri.href });
    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    for (const client of [connection.getClient(), api.app.get(DatabaseConnection).lifeline.client]) {
      client.on('commandStarted', ({ commandName: name, command }) => {
        commands.push({ name, isPoll: command['comment'] === pollComment, text: JSON.stringify(command) });
      });
    }
    admin = await api.asAdministrator();
    other = await MongoClient.connect(settings['MONGODB_URI'] ?? '');
  });
  afterAll(async () => {
    await other?.close();
    await api?.close();
  });

  const writeSignal = (kind: string, id: string, options = {}) =>
    other
      .db()
      .collection('signals')
      .updateOne(
        { _id: { $exists: false } },
        [{ $set: { kind, id, at: '$$NOW', exp: { $add: ['$$NOW', 900_000] } } }],
        { upsert: true, ...options },
      );

  async function sessionOf(email: string): Promise<string> {
    const user = await other.db().collection('users').findOne({ email });
    const sessions = await other.db().collection('sessions').find({ userId: user?._id }).toArray();
    return String(sessions.at(-1)?._id);
  }

  it('reads nothing once its user, session and roles are known: 200 of them, no command', async () => {
    commands.length = 0;
    expect((await admin.get(guarded)).status).toBe(400);
    const cold = commands.filter(({ isPoll }) => !isPoll).length;
    expect(cold).toBeGreaterThan(0);

    // What the start itself changed, of roles and their holders, is told by the next poll and asked for once more.
    commands.length = 0;
    await vi.waitFor(() => expect(commands.filter(({ isPoll }) => isPoll).length).toBeGreaterThanOrEqual(4), {
      timeout: 10_000,
    });
    expect((await admin.get(guarded)).status).toBe(400);

    commands.length = 0;
    for (let wave = 0; wave < 10; wave++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => admin.get(guarded)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    }
    // What the process does by itself all the time: polls, and the sweeps of the job ledger.
    const reads = commands.filter(
      ({ isPoll, text }) => !isPoll && /users|sessions|roles|permissions/.test(text),
    );
    expect(reads).toEqual([]);
    console.log(`[revocation] 200 warm requests: 0 commands for them; the first one took ${cold}`);
  });

  it('polls each second, marked by its comment', async () => {
    commands.length = 0;
    await vi.waitFor(() => expect(commands.filter(({ isPoll }) => isPoll).length).toBeGreaterThanOrEqual(4), {
      timeout: 10_000,
    });
    expect(new Set(commands.filter(({ isPoll }) => isPoll).map(({ name }) => name))).toEqual(
      new Set(['hello', 'find']),
    );
  });

  it('is refused by a signal that only the database tells', async () => {
    const client = await api.client.login(administrator);
    expect((await client.get(guarded)).status).toBe(400);
    await writeSignal('session', await sessionOf(administrator.email));
    await vi.waitFor(async () => expect((await client.get(guarded)).status).toBe(401), { timeout: 10_000 });
  });

  it('is refused by a signal that was committed long after it was written', async () => {
    const client = await api.client.login(administrator);
    expect((await client.get(guarded)).status).toBe(400);
    const id = await sessionOf(administrator.email);
    const session = other.startSession();
    session.startTransaction();
    await writeSignal('session', id, { session });
    // Until a poll that began after the write has passed.
    commands.length = 0;
    await vi.waitFor(() => expect(commands.filter(({ isPoll }) => isPoll).length).toBeGreaterThanOrEqual(4), {
      timeout: 10_000,
    });
    expect((await client.get(guarded)).status).toBe(400);
    await session.commitTransaction();
    await session.endSession();
    await vi.waitFor(async () => expect((await client.get(guarded)).status).toBe(401), { timeout: 10_000 });
  });

  it('is asked of the database again after a signal of its user', async () => {
    const client = await api.client.login(administrator);
    expect((await client.get(guarded)).status).toBe(400);
    const users = other.db().collection('users');
    const id = String((await users.findOne({ email: administrator.email }))?._id);
    const setStatus = (status: string) =>
      users.updateOne({ email: administrator.email }, { $set: { status } });
    await setStatus('suspended');
    try {
      await writeSignal('user', id);
      await vi.waitFor(async () => expect((await client.get(guarded)).status).toBe(401), { timeout: 10_000 });
    } finally {
      await setStatus('active');
    }
    await writeSignal('user', id);
    await vi.waitFor(async () => expect((await client.get(guarded)).status).toBe(400), { timeout: 10_000 });
  });
});
