import { Binary, Long, MongoClient, type Collection, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../../tools/services/documentdb/gateway/index.js';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { msg, RawClient } from '../support/gateway/raw-client.js';
import { lossyProxy } from '../support/gateway/lossy-proxy.js';

describe.skipIf(enginePostgres() === null)(`the gateway's retryable writes (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let counters: Collection<{ _id: number; n: number }>;
  let sessions = 0;

  beforeAll(async () => {
    under = await openGateway('retryable');
    counters = under.db.collection('counters');
    await counters.insertMany(Array.from({ length: 20 }, (_, _id) => ({ _id, n: 0 })));
  });
  afterAll(() => under.close());

  /** What a driver adds to a retryable write. */
  function once(): Document {
    sessions += 1;
    const id = Buffer.alloc(16, 7);
    id.writeUInt32LE(sessions, 0);
    return { lsid: { id: new Binary(id, 4) }, txnNumber: Long.fromNumber(1), $db: under.db.databaseName };
  }
  const raw = (port = under.gateway.port): Promise<RawClient> => RawClient.open(port);
  const increment = (_id: number): Document => ({ q: { _id }, u: { $inc: { n: 1 } } });
  const value = async (_id: number): Promise<number | undefined> => (await counters.findOne({ _id }))?.n;

  it.each<[string, () => Document, () => Promise<unknown>, unknown]>([
    ['an update', () => ({ update: 'counters', updates: [increment(0)] }), () => value(0), 1],
    [
      'several updates',
      () => ({ update: 'counters', updates: [increment(1), increment(1), increment(2)] }),
      async () => [await value(1), await value(2)],
      [2, 1],
    ],
    [
      'a find and modify',
      () => ({ findAndModify: 'counters', query: { _id: 3 }, update: { $inc: { n: 1 } }, new: true }),
      () => value(3),
      1,
    ],
    [
      'an insert',
      () => ({
        insert: 'counters',
        documents: [
          { _id: 100, n: 0 },
          { _id: 101, n: 0 },
        ],
      }),
      () => counters.countDocuments({ _id: { $gte: 100 } }),
      2,
    ],
    [
      'a deletion',
      () => ({ delete: 'counters', deletes: [{ q: { n: 0, _id: { $lt: 20 } }, limit: 1 }] }),
      () => counters.countDocuments({ _id: { $lt: 20 } }),
      19,
    ],
  ])('does %s that comes again once, with the same answer', async (_, command, outcome, expected) => {
    const client = await raw();
    const fields = once();
    const first = await client.command({ ...command(), ...fields });
    expect(first).toMatchObject({ ok: 1 });
    expect(first['writeErrors']).toBeUndefined();
    expect(await client.command({ ...command(), ...fields })).toEqual(first);
    expect(await outcome()).toEqual(expected);
    client.close();
  });

  it('does it once when the same comes while the first still runs, from another connection', async () => {
    const fields = once();
    const command = { update: 'counters', updates: [increment(5)], ...fields };
    const clients = await Promise.all(Array.from({ length: 5 }, () => raw()));
    const answers = await Promise.all(clients.map((client) => client.command(command)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await value(5)).toBe(1);
    for (const client of clients) client.close();
  });

  it('does the next write of the same session', async () => {
    const client = await raw();
    const fields = once();
    for (let number = 1; number <= 3; number += 1) {
      const command = {
        update: 'counters',
        updates: [increment(6)],
        ...fields,
        txnNumber: Long.fromNumber(number),
      };
      expect(await client.command(command)).toMatchObject({ ok: 1, nModified: 1 });
    }
    expect(await value(6)).toBe(3);
    client.close();
  });

  it('tries again what failed as a whole', async () => {
    const client = await raw();
    const command = { findAndModify: 'counters', query: { _id: 7 }, ...once() };
    expect(await client.command({ ...command, update: { $frob: 1 } })).toMatchObject({ ok: 0 });
    expect(await client.command({ ...command, update: { $inc: { n: 1 } } })).toMatchObject({ ok: 1 });
    expect(await value(7)).toBe(1);
    client.close();
  });

  it('remembers single updates in the engine: another gateway does not do them again', async () => {
    const postgres = enginePostgres();
    if (postgres === null) throw new Error(WITHOUT_ENGINE);
    const fields = once();
    const command = { update: 'counters', updates: [increment(8)], ...fields };
    const modify = {
      findAndModify: 'counters',
      query: { _id: 9 },
      update: { $inc: { n: 1 } },
      ...fields,
      txnNumber: Long.fromNumber(2),
    };
    const client = await raw();
    const first = await client.command(command);
    const second = await client.command(modify);
    client.close();
    const other = await startGateway({ postgres, sqlConnections: 2 });
    const again = await raw(other.port);
    expect(await again.command(command)).toEqual(first);
    expect(await again.command(modify)).toEqual(second);
    again.close();
    await other.close();
    expect([await value(8), await value(9)]).toEqual([1, 1]);
  });

  it('lets a driver lose answers without doing anything twice or not at all', async () => {
    const proxy = await lossyProxy(under.gateway.port, 'counters', 7);
    const client = new MongoClient(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, {
      maxPoolSize: 1,
    });
    const through = client.db(under.db.databaseName).collection<{ _id: number; n: number }>('counters');
    for (let round = 0; round < 20; round += 1) {
      await through.updateOne({ _id: 12 }, { $inc: { n: 1 } });
      await through.findOneAndUpdate({ _id: 13 }, { $inc: { n: 1 } });
      await through.insertOne({ _id: 1_000 + round, n: 0 });
      await through.bulkWrite(
        [14, 15].map((_id) => ({ updateOne: { filter: { _id }, update: { $inc: { n: 1 } } } })),
      );
    }
    await client.close();
    await proxy.close();
    expect(proxy.lost()).toBeGreaterThan(5);
    expect(await Promise.all([12, 13, 14, 15].map(value))).toEqual([20, 20, 20, 20]);
    expect(await counters.countDocuments({ _id: { $gte: 1_000 } })).toBe(20);
  });

  it('answers unacknowledged writes of a session too', async () => {
    const client = await raw();
    client.send(
      msg(
        { update: 'counters', updates: [increment(11)], writeConcern: { w: 0 }, $db: under.db.databaseName },
        1,
        2,
      ),
    );
    await eventually(async () => (await value(11)) === 1);
    client.close();
  });
});
