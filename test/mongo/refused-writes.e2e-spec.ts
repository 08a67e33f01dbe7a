import { mongo } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isDatabaseUnavailable, refusedWrites } from '../../src/infrastructure/mongo/database-errors.js';
import { wireTo, type Wire } from '../faults/support/wire.js';
import { isolatedSettings } from '../support/app.js';

interface Thing {
  _id: number;
}

let wire: Wire;
let client: mongo.MongoClient;
let things: mongo.Collection<Thing>;

beforeAll(async () => {
  wire = await wireTo(isolatedSettings()['MONGODB_URI'] ?? '');
  client = await mongo.MongoClient.connect(wire.uri, { maxPoolSize: 1, waitQueueTimeoutMS: 50 });
  things = client.db().collection('things');
});
afterAll(async () => {
  wire?.proxy.slow(0);
  await client?.db().dropDatabase();
  await client?.close();
  await wire?.proxy.close();
});

const failureOf = (write: Promise<unknown>): Promise<unknown> =>
  write.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a list of writes that failed', () => {
  it('for what some of them are: those were refused', async () => {
    await things.insertMany([{ _id: 1 }, { _id: 3 }]);
    const again = await failureOf(
      things.insertMany(
        [0, 1, 2, 3].map((_id) => ({ _id })),
        { ordered: false },
      ),
    );
    expect(refusedWrites(again)).toEqual([1, 3]);
    expect(isDatabaseUnavailable(again)).toBe(false);
  });

  it('for want of a connection: none was refused, and the database is not to be had', async () => {
    wire.proxy.slow(500);
    const holds = things.findOne();
    const starved = await failureOf(things.insertMany([{ _id: 10 }, { _id: 11 }]));
    wire.proxy.slow(0);
    await holds;
    expect(starved).toMatchObject({ name: 'MongoBulkWriteError' });
    expect(refusedWrites(starved)).toBeUndefined();
    expect(isDatabaseUnavailable(starved)).toBe(true);
    expect(await things.countDocuments({ _id: { $gte: 10 } })).toBe(0);
  });
});
