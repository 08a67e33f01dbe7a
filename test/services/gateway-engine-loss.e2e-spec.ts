import { afterEach, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  failureOf,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { lossyProxy } from '../support/gateway/lossy-proxy.js';
import { RawClient } from '../support/gateway/raw-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const postgres = enginePostgres();

describe.skipIf(postgres === null)(`the gateway while the engine is away (${WITHOUT_ENGINE})`, () => {
  const address = postgres ?? { host: '', port: 0, user: '' };
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function through(port: number, name: string): Promise<GatewayUnderTest> {
    const under = await openGateway(name, { postgres: { ...address, port }, sqlConnections: 4 });
    ends.push(() => under.close());
    return under;
  }

  it('is no primary meanwhile, so that drivers wait, and goes on by itself afterwards', async () => {
    const proxy = await TcpProxy.to(address.host, address.port);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'away');
    const items = under.db.collection('items');
    await items.insertOne({ n: 1 });
    const raw = await RawClient.open(under.gateway.port);
    await proxy.cut();
    await eventually(
      async () => (await raw.command({ hello: 1, $db: 'admin' }))['isWritablePrimary'] === false,
    );
    expect(await raw.command({ find: 'items', $db: under.db.databaseName })).toMatchObject({
      ok: 0,
      code: 91,
    });
    expect(await raw.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 0, code: 91 });
    const waiting = [
      items.insertOne({ n: 2 }),
      items.findOne({ n: 1 }),
      items.updateOne({ n: 1 }, { $inc: { m: 1 } }),
    ];
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.restore();
    await Promise.all(waiting);
    expect(await items.find().sort({ n: 1 }).toArray()).toMatchObject([{ n: 1, m: 1 }, { n: 2 }]);
    expect(await raw.command({ hello: 1, $db: 'admin' })).toMatchObject({ isWritablePrimary: true });
    expect(under.lines.join('\n')).toMatch(/the engine is away: .*\n(.*\n)*.*the engine answers again/);
    raw.close();
  });

  it('ends the transactions that were open, as ones to be tried again', async () => {
    const proxy = await TcpProxy.to(address.host, address.port);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'broken');
    const items = under.db.collection<{ _id: number; n: number }>('items');
    await items.insertOne({ _id: 1, n: 0 });
    const session = under.client.startSession();
    session.startTransaction();
    await items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    await proxy.cut();
    await proxy.restore();
    const failure = await failureOf(items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
    expect(failure['errorLabelSet']).toContain('TransientTransactionError');
    await session.abortTransaction();
    await session.withTransaction(() => items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
    await session.endSession();
    expect(await items.findOne({ _id: 1 })).toMatchObject({ n: 1 });
    expect(under.gateway.counts()).toMatchObject({ transactions: 0, pinned: 0 });
  });

  it('finds out whether a commit was done whose answer was lost', async () => {
    // The whole of a simple query's message, length and all: `autocommit` is in every statement.
    const proxy = await lossyProxy(address.port, '\x0bcommit\0', 1);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'commit');
    const items = under.db.collection<{ _id: number; n: number }>('items');
    await items.insertOne({ _id: 1, n: 0 });
    let runs = 0;
    const session = under.client.startSession();
    await session.withTransaction(async () => {
      runs += 1;
      await items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    });
    await session.endSession();
    expect({ runs, lost: proxy.lost(), found: await items.findOne({ _id: 1 }) }).toMatchObject({
      runs: 1,
      lost: 1,
      found: { n: 1 },
    });
  });

  it.each(['insert', 'update', 'findandmodify', 'several'])('does lost writes once: %s', async (kind) => {
    // The name of the prepared statement as it stands in the message that runs it, or a whole commit's message.
    const proxy = await lossyProxy(address.port, kind === 'several' ? '\x0bcommit\0' : `\0${kind}\0`, 2);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'losing');
    const items = under.db.collection<{ _id: number; n: number; text?: string }>('items');
    const add = { $inc: { n: 1 } };
    const write = (i: number): Promise<unknown> => {
      if (kind === 'insert') return items.insertOne({ n: i, text: 'a', _id: 10 + i });
      if (kind === 'update') return items.updateOne({ _id: 1 }, add);
      if (kind === 'findandmodify') return items.findOneAndUpdate({ _id: 1 }, add);
      return items.bulkWrite([1, 2, 1].map((_id) => ({ updateOne: { filter: { _id }, update: add } })));
    };
    await items.insertOne({ _id: 1, n: 0 });
    await items.insertOne({ _id: 2, n: 0 });
    for (let i = 0; i < 6; i += 1) await write(i);
    expect(proxy.lost()).toBeGreaterThan(1);
    const added = { insert: 0, update: 6, findandmodify: 6, several: 12 }[kind];
    expect(await items.findOne({ _id: 1 })).toMatchObject({ n: added });
    expect(await items.countDocuments()).toBe(kind === 'insert' ? 8 : 2);
  });
});
