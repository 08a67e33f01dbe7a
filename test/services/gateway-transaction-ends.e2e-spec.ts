import { Binary, Long, type Collection, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { RawClient } from '../support/gateway/raw-client.js';

const LIFETIME_MS = 2_500;
const TRANSIENT = 'TransientTransactionError';

describe.skipIf(enginePostgres() === null)(`how the gateway's transactions end (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let accounts: Collection<{ _id: string; balance: number }>;
  let sessions = 0;

  beforeAll(async () => {
    under = await openGateway('endings', { transactionLifetimeMs: LIFETIME_MS });
    accounts = under.db.collection('accounts');
    await accounts.insertMany(['a', 'f', 'g', 'h'].map((_id) => ({ _id, balance: 0 })));
  });
  afterAll(() => under.close());

  /** The fields that name a transaction of a session of its own. */
  function transaction(number = 1): { first: Document; next: Document; end: Document } {
    sessions += 1;
    const id = Buffer.alloc(16);
    id.writeUInt32LE(sessions, 0);
    const next = { lsid: { id: new Binary(id, 4) }, txnNumber: Long.fromNumber(number), autocommit: false };
    return {
      first: { ...next, startTransaction: true, $db: under.db.databaseName },
      next: { ...next, $db: under.db.databaseName },
      end: { ...next, $db: 'admin' },
    };
  }
  const raw = (): Promise<RawClient> => RawClient.open(under.gateway.port);
  const add = (id: string, amount: number): Document => ({
    update: 'accounts',
    updates: [{ q: { _id: id }, u: { $inc: { balance: amount } } }],
  });
  const balance = async (id: string): Promise<number | undefined> =>
    (await accounts.findOne({ _id: id }))?.balance;
  const nothingOpen = (): Promise<void> =>
    eventually(() => under.gateway.counts().transactions === 0 && under.gateway.counts().pinned === 0);

  it('rolls back when its client goes away in the middle', async () => {
    const client = await raw();
    const { first } = transaction();
    expect(await client.command({ ...add('f', 1), ...first })).toMatchObject({ ok: 1, nModified: 1 });
    expect(under.gateway.counts()).toMatchObject({ transactions: 1, pinned: 1 });
    client.close();
    await nothingOpen();
    await accounts.updateOne({ _id: 'f' }, { $inc: { balance: 10 } });
    expect(await balance('f')).toBe(10);
  });

  it('rolls back when its client goes away during a statement, and gives the connection back clean', async () => {
    const holder = await raw();
    await holder.command({ ...add('f', 5), ...transaction().first });
    const client = await raw();
    client.command({ ...add('f', 1), ...transaction().first }).catch(() => null);
    await eventually(() => under.gateway.counts().transactions === 2);
    client.close();
    await eventually(() => under.gateway.counts().transactions === 1);
    holder.close();
    await nothingOpen();
    expect(await balance('f')).toBe(10);
    await Promise.all(
      Array.from({ length: 20 }, () => accounts.updateOne({ _id: 'f' }, { $inc: { balance: 1 } })),
    );
    expect(await balance('f')).toBe(30);
  });

  it('ends one that lives too long', async () => {
    const client = await raw();
    const { first, next, end } = transaction();
    await client.command({ ...add('g', 1), ...first });
    await eventually(() => under.gateway.counts().transactions === 0, LIFETIME_MS + 10_000);
    expect(await client.command({ ...add('g', 1), ...next })).toMatchObject({
      code: 251,
      errorLabels: [TRANSIENT],
    });
    expect(await client.command({ commitTransaction: 1, ...end })).toMatchObject({ code: 251 });
    expect(await balance('g')).toBe(0);
    client.close();
  });

  it('ends one in the middle of a statement that takes too long, and the statement with it', async () => {
    const rows = under.db.collection('rows');
    await rows.insertMany(Array.from({ length: 8_000 }, (_, i) => ({ i })));
    const pairs = [
      { $match: { $expr: { $eq: [{ $mod: ['$i', 7] }, { $mod: ['$$i', 5] }] } } },
      { $count: 'n' },
    ];
    const slow = [
      { $lookup: { from: 'rows', let: { i: '$i' }, pipeline: pairs, as: 'all' } },
      { $match: { all: [] } },
    ];
    const client = await raw();
    const started = Date.now();
    const answer = await client.command({
      aggregate: 'rows',
      pipeline: slow,
      cursor: {},
      ...transaction().first,
    });
    expect(answer).toMatchObject({ code: 251, errorLabels: [TRANSIENT] });
    expect(Date.now() - started).toBeLessThan(LIFETIME_MS + 10_000);
    await nothingOpen();
    client.close();
  });

  it('answers a commit sent twice as the first, and an abort after it with the truth', async () => {
    const client = await raw();
    const { first, end } = transaction();
    await client.command({ ...add('h', 1), ...first });
    expect(await client.command({ commitTransaction: 1, ...end })).toEqual({ ok: 1 });
    expect(await client.command({ commitTransaction: 1, ...end })).toEqual({ ok: 1 });
    expect(await client.command({ abortTransaction: 1, ...end })).toMatchObject({
      code: 256,
      codeName: 'TransactionCommitted',
    });
    expect(await client.command({ ...add('h', 1), ...first })).toMatchObject({
      code: 225,
      codeName: 'TransactionTooOld',
    });
    expect(await balance('h')).toBe(1);
    client.close();
  });

  it('knows nothing of transactions that were never begun, aborted, or replaced', async () => {
    const client = await raw();
    const unknown = transaction();
    const expected = { ok: 0, code: 251, codeName: 'NoSuchTransaction', errorLabels: [TRANSIENT] };
    expect(await client.command({ commitTransaction: 1, ...unknown.end })).toMatchObject(expected);
    expect(await client.command({ abortTransaction: 1, ...unknown.end })).toMatchObject(expected);
    expect(await client.command({ ...add('h', 1), ...unknown.next })).toMatchObject(expected);
    const aborted = transaction();
    await client.command({ ...add('h', 1), ...aborted.first });
    expect(await client.command({ abortTransaction: 1, ...aborted.end })).toEqual({ ok: 1 });
    expect(await client.command({ commitTransaction: 1, ...aborted.end })).toMatchObject(expected);
    const replaced = transaction();
    await client.command({ ...add('h', 1), ...replaced.first });
    const newer = { ...replaced.first, txnNumber: Long.fromNumber(2) };
    expect(await client.command({ ...add('a', 1), ...newer })).toMatchObject({ ok: 1 });
    expect(await client.command({ commitTransaction: 1, ...replaced.end })).toMatchObject(expected);
    client.close();
    await nothingOpen();
    expect(await balance('h')).toBe(1);
    expect(await balance('a')).toBe(0);
  });

  it('ends with its session', async () => {
    const client = await raw();
    const { first } = transaction();
    await client.command({ ...add('h', 1), ...first });
    expect(await client.command({ endSessions: [first['lsid']], $db: 'admin' })).toEqual({ ok: 1 });
    await nothingOpen();
    client.close();
  });
});
