import { createConnection, type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client, type Reply } from '../support/client.js';
import { Program } from '../support/program.js';
import { wish } from './support.js';

const requests = 24;

describe('a process that is killed while it answers requests with an Idempotency-Key', () => {
  const settings: Readonly<Record<string, string>> = {
    ...isolatedSettings(),
    LOG_LEVEL: 'info',
    RATE_LIMIT_PRINCIPAL: 'off',
  };
  let database: Connection;

  beforeAll(async () => {
    database = await createConnection(settings['MONGODB_URI'] ?? '').asPromise();
  });
  afterAll(async () => {
    await database?.dropDatabase();
    await database?.close();
  });

  const start = async (): Promise<{ program: Program; admin: Client }> => {
    const program = new Program('dist/main.js', settings);
    const client = new Client(await program.url());
    for (const end = Date.now() + 30_000; (await client.get('/health/ready')).status !== 200;) {
      if (Date.now() > end) throw new Error('not ready within 30 s');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return { program, admin: await client.login(administrator) };
  };

  const send = (client: Client, index: number): Promise<Reply> =>
    client.post('/api/users', wish(`killed-${index}@nexus.test`), {
      headers: { 'idempotency-key': `killed-${index}` },
    });

  it('leaves each user with the answer that tells of them, or neither', { timeout: 120_000 }, async () => {
    const first = await start();
    let answered = 0;
    const attempts = Array.from({ length: requests }, async (_, index) => {
      const reply = await send(first.admin, index).catch(() => undefined);
      if (reply?.status !== 201) return reply;
      // In the middle of it: some are answered, some are written, some have only claimed their key.
      answered += 1;
      if (answered === requests / 4) await first.program.end('SIGKILL');
      return reply;
    });
    const before = await Promise.all(attempts);
    expect(answered).toBeLessThan(requests);

    const { program, admin } = await start();
    await using _second = program;
    // Nobody has to wait for the minute of the leases here.
    const past = { $set: { leaseUntil: new Date(Date.now() - 1_000) } };
    await database.collection('idempotencyKeys').updateMany({ answer: null }, past);

    const after = await Promise.all(before.map((_, index) => send(admin, index)));
    expect(after.map(({ status }) => status)).toEqual(Array.from({ length: requests }, () => 201));
    // Whoever had an answer gets the very same one.
    for (const [index, reply] of before.entries()) {
      if (reply?.status === 201) expect(after[index]?.text).toBe(reply.text);
    }
    const users = await database
      .collection('users')
      .find({ email: /^killed-/ })
      .toArray();
    expect(users).toHaveLength(requests);
    const ids = after.map(({ body }) => String(body.data?.id));
    expect(users.map(({ _id }) => _id.toHexString()).toSorted()).toEqual(ids.toSorted());
  });
});
