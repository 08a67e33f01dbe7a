import type { ClientSession, Collection } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  failureOf,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';

const TRANSIENT = 'TransientTransactionError';

describe.skipIf(enginePostgres() === null)(`the gateway's transactions (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let accounts: Collection<{ _id: string; balance: number }>;

  beforeAll(async () => {
    under = await openGateway('transactions');
    accounts = under.db.collection('accounts');
    await accounts.insertMany(['a', 'b', 'c', 'd', 'e'].map((_id) => ({ _id, balance: 0 })));
  });
  afterAll(() => under.close());

  const balance = async (id: string): Promise<number | undefined> =>
    (await accounts.findOne({ _id: id }))?.balance;
  const nothingOpen = (): Promise<void> =>
    eventually(() => under.gateway.counts().transactions === 0 && under.gateway.counts().pinned === 0);

  async function inSession<T>(work: (session: ClientSession) => Promise<T>): Promise<T> {
    const session = under.client.startSession();
    try {
      return await work(session);
    } finally {
      await session.endSession();
    }
  }

  it('shows its writes to itself at once, and to others when it is committed', async () => {
    await inSession(async (session) => {
      session.startTransaction();
      await accounts.updateOne({ _id: 'a' }, { $inc: { balance: 5 } }, { session });
      expect(await accounts.findOne({ _id: 'a' }, { session })).toMatchObject({ balance: 5 });
      expect(await balance('a')).toBe(0);
      await session.commitTransaction();
    });
    expect(await balance('a')).toBe(5);
    await nothingOpen();
  });

  it('leaves nothing of an aborted one', async () => {
    await inSession(async (session) => {
      session.startTransaction();
      await accounts.updateOne({ _id: 'b' }, { $inc: { balance: 5 } }, { session });
      await accounts.insertOne({ _id: 'new', balance: 1 }, { session });
      await session.abortTransaction();
    });
    expect(await balance('b')).toBe(0);
    expect(await accounts.findOne({ _id: 'new' })).toBeNull();
    await nothingOpen();
  });

  it('reads one snapshot from its first to its last statement', async () => {
    await inSession(async (session) => {
      session.startTransaction();
      expect(await accounts.countDocuments({ _id: 'late' }, { session })).toBe(0);
      await accounts.insertOne({ _id: 'late', balance: 0 });
      expect(await accounts.countDocuments({ _id: 'late' }, { session })).toBe(0);
      await session.commitTransaction();
    });
  });

  it('refuses a write over a newer one as a conflict that may be tried again', async () => {
    await inSession(async (session) => {
      session.startTransaction();
      await accounts.findOne({ _id: 'c' }, { session });
      await accounts.updateOne({ _id: 'c' }, { $inc: { balance: 1 } });
      const failure = await failureOf(
        accounts.updateOne({ _id: 'c' }, { $inc: { balance: 1 } }, { session }),
      );
      expect(failure).toMatchObject({ code: 112, codeName: 'WriteConflict' });
      expect(failure['errorLabelSet']).toEqual(new Set([TRANSIENT]));
      await session.abortTransaction();
    });
    expect(await balance('c')).toBe(1);
    await nothingOpen();
  });

  it('does not wait for long for another open transaction', async () => {
    await inSession(async (one) => {
      one.startTransaction();
      await accounts.updateOne({ _id: 'd' }, { $inc: { balance: 1 } }, { session: one });
      await inSession(async (other) => {
        other.startTransaction();
        const failure = await failureOf(
          accounts.updateOne({ _id: 'd' }, { $inc: { balance: 1 } }, { session: other }),
        );
        expect(failure).toMatchObject({ code: 112 });
        await other.abortTransaction();
      });
      await one.commitTransaction();
    });
    expect(await balance('d')).toBe(1);
  });

  it('makes 20 read-modify-write transactions at once exact', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () =>
        inSession((session) =>
          session.withTransaction(async () => {
            const found = await accounts.findOne({ _id: 'e' }, { session });
            await accounts.updateOne(
              { _id: 'e' },
              { $set: { balance: (found?.balance ?? NaN) + 1 } },
              { session },
            );
          }),
        ),
      ),
    );
    expect(await balance('e')).toBe(20);
    await nothingOpen();
  });

  it('runs more of them than there are connections to hold, one after the other', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        inSession((session) =>
          session.withTransaction(async () => {
            await accounts.insertOne({ _id: `many-${i}`, balance: i }, { session });
            await accounts.findOne({ _id: 'a' });
          }),
        ),
      ),
    );
    expect(await accounts.countDocuments({ _id: /^many-/ })).toBe(40);
    await nothingOpen();
  });
});
