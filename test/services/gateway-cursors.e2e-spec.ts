import { Long, type Collection } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  failureOf,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';

const COUNT = 12_000;
/** Long enough to finish what a test does, short enough to wait for. */
const IDLE_MS = 1_500;

describe.skipIf(enginePostgres() === null)(`the gateway's cursors (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let items: Collection<{ n: number; group: number }>;

  beforeAll(async () => {
    under = await openGateway('cursors', { cursorIdleMs: IDLE_MS, cursorOrphanMs: 100 });
    items = under.db.collection('items');
    await items.insertMany(Array.from({ length: COUNT }, (_, n) => ({ n, group: n % 7 })));
  });
  afterAll(() => under.close());

  const nothingHeld = (): Promise<void> =>
    eventually(() => under.gateway.counts().cursors === 0 && under.gateway.counts().pinned === 0);

  it('reads 12,000 documents in batches of 500, each once', async () => {
    const seen = new Set<number>();
    for await (const { n } of items.find().batchSize(500)) seen.add(n);
    expect(seen.size).toBe(COUNT);
    await nothingHeld();
  });

  it('reads them sorted by a field without index, from a cursor that lives in its SQL connection', async () => {
    const cursor = items.find().sort({ group: 1, n: -1 }).batchSize(1_000);
    const first = await cursor.next();
    expect(first).toMatchObject({ group: 0 });
    expect(under.gateway.counts()).toMatchObject({ cursors: 1, pinned: 1 });
    const others = await Promise.all(Array.from({ length: 20 }, () => items.findOne({ n: 5 })));
    expect(others.every((each) => each?.n === 5)).toBe(true);
    const rest = await cursor.toArray();
    expect(rest).toHaveLength(COUNT - 1);
    expect(rest.every((each, i) => i === 0 || each.group >= (rest[i - 1]?.group ?? 0))).toBe(true);
    await nothingHeld();
  });

  it('holds many cursors at once, and reads each to its own end', async () => {
    const sums = await Promise.all(
      Array.from({ length: 6 }, async (_, group) => {
        const found = await items.find({ group }).sort({ n: -1 }).batchSize(200).toArray();
        return found.every((each) => each.group === group) ? found.length : -1;
      }),
    );
    expect(sums.every((length) => length === Math.floor(COUNT / 7) || length === Math.ceil(COUNT / 7))).toBe(
      true,
    );
    await nothingHeld();
  });

  it('pages through aggregations, and honours limit and singleBatch', async () => {
    const grouped = await items
      .aggregate([{ $group: { _id: '$n', count: { $sum: 1 } } }], { batchSize: 700 })
      .toArray();
    expect(grouped).toHaveLength(COUNT);
    expect(await items.find().limit(1_234).batchSize(100).toArray()).toHaveLength(1_234);
    const single = await under.db.command({ find: 'items', batchSize: 3, singleBatch: true });
    expect(single).toMatchObject({ cursor: { id: 0 } });
    expect(single['cursor'].firstBatch).toHaveLength(3);
    await nothingHeld();
  });

  it('kills cursors, gives their connection back, and tells unknown ones apart', async () => {
    const { cursor } = await under.db.command(
      { find: 'items', sort: { group: 1 }, batchSize: 2 },
      { promoteLongs: false },
    );
    expect(under.gateway.counts().pinned).toBe(1);
    const answer = await under.db.command(
      { killCursors: 'items', cursors: [cursor.id, Long.fromNumber(4_711)] },
      { promoteLongs: false },
    );
    expect(answer).toMatchObject({ cursorsKilled: [cursor.id], cursorsNotFound: [Long.fromNumber(4_711)] });
    await nothingHeld();
    expect(await failureOf(under.db.command({ getMore: cursor.id, collection: 'items' }))).toMatchObject({
      code: 43,
      codeName: 'CursorNotFound',
    });
  });

  it('expires cursors that nobody uses', async () => {
    const { cursor } = await under.db.command(
      { find: 'items', sort: { group: 1 }, batchSize: 2 },
      { promoteLongs: false },
    );
    await eventually(() => under.gateway.counts().cursors === 0, IDLE_MS + 10_000);
    await nothingHeld();
    expect(await failureOf(under.db.command({ getMore: cursor.id, collection: 'items' }))).toMatchObject({
      code: 43,
    });
  });

  it('gives the connection back when the client has gone', async () => {
    const client = await under.connect();
    const open = client.db(under.db.databaseName).collection('items').find().sort({ group: 1 }).batchSize(2);
    await open.next();
    expect(under.gateway.counts().pinned).toBe(1);
    await client.close(true);
    await nothingHeld();
    expect(await items.findOne({ n: 1 })).toMatchObject({ n: 1 });
  });

  it('keeps one sorted cursor a transaction, and says so of the one before', async () => {
    const session = under.client.startSession();
    session.startTransaction();
    const one = items.find({ group: 1 }, { session }).sort({ n: 1 }).batchSize(2);
    const two = items.find({ group: 2 }, { session }).sort({ n: 1 }).batchSize(5);
    expect([(await one.next())?.n, (await two.next())?.n]).toEqual([1, 2]);
    expect(await two.toArray()).toHaveLength(Math.ceil(COUNT / 7) - 2);
    await one.next();
    expect(await failureOf(one.next())).toMatchObject({ code: 43, codeName: 'CursorNotFound' });
    await session.abortTransaction();
    await session.endSession();
  });

  it('keeps a cursor inside its transaction', async () => {
    const session = under.client.startSession();
    session.startTransaction();
    await items.insertOne({ n: -1, group: 99 }, { session });
    const all = await items.find({}, { session }).sort({ group: -1 }).batchSize(3_000).toArray();
    expect(all).toHaveLength(COUNT + 1);
    const cursor = items.find({}, { session }).sort({ group: -1 }).batchSize(10);
    await cursor.next();
    const { id } = cursor;
    await session.abortTransaction();
    expect(under.gateway.counts()).toMatchObject({ cursors: 0, pinned: 0, transactions: 0 });
    expect(await failureOf(under.db.command({ getMore: id, collection: 'items' }))).toMatchObject({
      code: 43,
    });
    await session.endSession();
    expect(await items.countDocuments()).toBe(COUNT);
  });
});
