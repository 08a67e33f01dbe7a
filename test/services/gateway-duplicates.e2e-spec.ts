import mongoose from 'mongoose';
import { MongoBulkWriteError, type Collection, type Document } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  failureOf,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';

interface Person {
  _id: number;
  email?: string;
  team?: string;
  badge?: { code: number };
}

describe.skipIf(enginePostgres() === null)(`the gateway's duplicate keys (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let people: Collection<Person>;

  beforeAll(async () => {
    under = await openGateway('duplicates');
    people = under.db.collection('people');
    // A name that says nothing of the key: what is told must come from the index itself.
    await people.createIndex(
      { email: 1 },
      { unique: true, name: 'one_account_each', partialFilterExpression: { email: { $exists: true } } },
    );
    await people.createIndex(
      { team: 1, 'badge.code': -1 },
      { unique: true, name: 'badges', partialFilterExpression: { team: { $exists: true } } },
    );
  });
  beforeEach(async () => {
    await people.deleteMany({});
    await people.insertMany([
      { _id: 1, email: 'a@b.c', team: 'red', badge: { code: 1 } },
      { _id: 2, email: 'd@e.f', team: 'red', badge: { code: 2 } },
    ]);
  });
  afterAll(() => under.close());

  const byEmail = {
    code: 11000,
    codeName: 'DuplicateKey',
    keyPattern: { email: 1 },
    keyValue: { email: 'a@b.c' },
  };
  const taken = { $set: { email: 'a@b.c' } };

  const writes: [string, () => Promise<unknown>, Document][] = [
    ['insertOne', () => people.insertOne({ _id: 3, email: 'a@b.c' }), byEmail],
    [
      'insertOne by _id',
      () => people.insertOne({ _id: 1 }),
      { code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
    ],
    ['updateOne', () => people.updateOne({ _id: 2 }, taken), byEmail],
    [
      'updateOne by a pipeline',
      () => people.updateOne({ _id: 2 }, [{ $set: { email: { $concat: ['a@', 'b.c'] } } }]),
      byEmail,
    ],
    [
      'updateOne of one part of a key',
      () => people.updateOne({ _id: 2 }, { $inc: { 'badge.code': -1 } }),
      { code: 11000, keyPattern: { team: 1, 'badge.code': -1 }, keyValue: { team: 'red', 'badge.code': 1 } },
    ],
    [
      'updateMany',
      () => people.updateMany({}, { $set: { email: 'x@y.z' } }),
      { ...byEmail, keyValue: { email: 'x@y.z' } },
    ],
    ['an upsert', () => people.updateOne({ _id: 3 }, taken, { upsert: true }), byEmail],
    [
      'an upsert by its filter',
      () => people.updateOne({ _id: 3, email: 'a@b.c' }, { $set: { team: 'blue' } }, { upsert: true }),
      byEmail,
    ],
    ['replaceOne', () => people.replaceOne({ _id: 2 }, { email: 'a@b.c' }), byEmail],
    ['findOneAndUpdate', () => people.findOneAndUpdate({ _id: 2 }, taken), byEmail],
    ['findOneAndReplace', () => people.findOneAndReplace({ _id: 2 }, { email: 'a@b.c' }), byEmail],
    [
      'an upserting findOneAndUpdate',
      () => people.findOneAndUpdate({ _id: 1, email: 'no' }, taken, { upsert: true }),
      { code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
    ],
    [
      'createIndex',
      () => people.createIndex({ team: 1 }, { unique: true }),
      { code: 11000, keyPattern: { team: 1 }, keyValue: { team: 'red' } },
    ],
  ];

  it.each(writes)('tells code, pattern and value after %s', async (_, write, expected) => {
    const failure = await failureOf(write());
    expect(failure).toMatchObject(expected);
    expect(failure['message']).toMatch(
      /^E11000 duplicate key error collection: gateway_duplicates_\w+\.people index: \w+ dup key: \{ .+ \}$/,
    );
  });

  it.each(writes.filter(([name]) => name !== 'createIndex'))(
    'tells the same inside a transaction, after %s',
    async (_, write, expected) => {
      const session = under.client.startSession();
      const plain = people;
      try {
        people = new Proxy(plain, {
          get: (target, name) => {
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== 'function') return value;
            return (...args: unknown[]): unknown => {
              const takesOptions = name === 'insertOne' ? 1 : 2;
              const options: unknown = args[takesOptions];
              args[takesOptions] = { ...(typeof options === 'object' ? options : {}), session };
              return Reflect.apply(value, target, args);
            };
          },
        });
        session.startTransaction();
        const failure = await failureOf(write());
        expect(failure).toMatchObject(expected);
        expect(failure['errorLabelSet']).toEqual(new Set());
        expect(under.gateway.counts().transactions).toBe(0);
      } finally {
        people = plain;
        await session.endSession();
      }
      expect(await people.countDocuments()).toBe(2);
    },
  );

  it('tells each document of insertMany by its index, and stops there when ordered', async () => {
    const documents = [
      { _id: 3, email: 'n@o.p' },
      { _id: 4, email: 'a@b.c' },
      { _id: 5, email: 'd@e.f' },
      { _id: 6, email: 'q@r.s' },
    ];
    const ordered = await people.insertMany(documents).catch((error: unknown) => error);
    if (!(ordered instanceof MongoBulkWriteError)) throw new Error('it should have failed');
    expect(ordered.insertedCount).toBe(1);
    expect([ordered.writeErrors].flat().map((each) => [each.index, each.code])).toEqual([[1, 11000]]);
    await people.deleteMany({ _id: { $gt: 2 } });
    const unordered = await people.insertMany(documents, { ordered: false }).catch((error: unknown) => error);
    if (!(unordered instanceof MongoBulkWriteError)) throw new Error('it should have failed');
    expect(unordered.insertedCount).toBe(2);
    expect([unordered.writeErrors].flat().map((each) => [each.index, each.code])).toEqual([
      [1, 11000],
      [2, 11000],
    ]);
  });

  it('tells pattern and value for each error of a command', async () => {
    const documents = [
      { _id: 1, email: 'n@o.p' },
      { _id: 4, email: 'd@e.f' },
    ];
    const answer = await under.db.command({ insert: 'people', documents, ordered: false });
    expect(answer['writeErrors']).toMatchObject([
      { index: 0, code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
      { index: 1, code: 11000, keyPattern: { email: 1 }, keyValue: { email: 'd@e.f' } },
    ]);
  });

  it('tells them in a mixed bulkWrite, at their places', async () => {
    const failure = await people
      .bulkWrite(
        [
          { insertOne: { document: { _id: 7 } } },
          { updateOne: { filter: { _id: 2 }, update: taken } },
          { insertOne: { document: { _id: 7 } } },
          { replaceOne: { filter: { _id: 8 }, replacement: { email: 'a@b.c' }, upsert: true } },
          { deleteOne: { filter: { _id: 1 } } },
        ],
        { ordered: false },
      )
      .catch((error: unknown) => error);
    if (!(failure instanceof MongoBulkWriteError)) throw new Error('it should have failed');
    expect(
      [failure.writeErrors]
        .flat()
        .map((each) => each.index)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(failure).toMatchObject({ insertedCount: 1, deletedCount: 1 });
  });

  it('calls a key that another transaction wrote meanwhile a conflict, and the next attempt a duplicate', async () => {
    const outcomes: unknown[] = [];
    const session = under.client.startSession();
    await session
      .withTransaction(async () => {
        await people.findOne({ _id: 1 }, { session });
        if (outcomes.length === 0) await people.insertOne({ _id: 9, email: 'race@b.c' });
        const failure = await people
          .insertOne({ _id: 10, email: 'race@b.c' }, { session })
          .catch((error: unknown) => error);
        outcomes.push(failure instanceof Error && 'code' in failure ? failure.code : null);
        throw failure;
      })
      .catch(() => null);
    await session.endSession();
    expect(outcomes).toEqual([112, 11000]);
  });

  it('lets Mongoose see them', async () => {
    const connection = await mongoose
      .createConnection(under.gateway.uri, { dbName: under.db.databaseName })
      .asPromise();
    const schema = new mongoose.Schema({ _id: Number, email: String }, { collection: 'people' });
    const Model = connection.model('person', schema);
    expect(await failureOf(Model.create({ _id: 20, email: 'a@b.c' }))).toMatchObject(byEmail);
    expect(await failureOf(Model.findByIdAndUpdate(2, { email: 'a@b.c' }).exec())).toMatchObject(byEmail);
    await connection.close();
  });
});
