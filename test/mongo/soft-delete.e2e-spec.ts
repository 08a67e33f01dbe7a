import mongoose, { Schema, type Connection, type Model } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { softDelete, type SoftDeletable } from '../../src/infrastructure/mongo/soft-delete.plugin.js';
import { isolatedSettings } from '../support/app.js';

interface Thing extends SoftDeletable {
  name: string;
  size: number;
}

let connection: Connection;
let things: Model<Thing>;

beforeAll(async () => {
  connection = await mongoose.createConnection(isolatedSettings()['MONGODB_URI'] ?? '').asPromise();
  const schema = new Schema<Thing>({ name: String, size: Number });
  softDelete(schema);
  things = connection.model<Thing>('Thing', schema);
  await things.createCollection();
});
afterAll(async () => {
  await connection?.dropDatabase();
  await connection?.close();
});

beforeEach(async () => {
  await things.deleteMany({}, { withDeleted: true });
  await things.insertMany([
    { name: 'here', size: 1 },
    { name: 'gone', size: 2, isDeleted: true, deletedAt: new Date() },
  ]);
});

const names = (found: readonly { name: string }[]) => found.map((thing) => thing.name).toSorted();

describe('deleted documents are hidden from', () => {
  const operations: [string, () => Promise<unknown>, unknown][] = [
    ['find', async () => names(await things.find()), ['here']],
    ['findOne', () => things.findOne({ name: 'gone' }), null],
    ['countDocuments', () => things.countDocuments(), 1],
    ['distinct', () => things.distinct('name'), ['here']],
    ['exists', () => things.exists({ name: 'gone' }), null],
    ['aggregate', async () => names(await things.aggregate<Thing>([{ $sort: { name: 1 } }])), ['here']],
    ['updateOne', async () => (await things.updateOne({ name: 'gone' }, { size: 9 })).matchedCount, 0],
    ['updateMany', async () => (await things.updateMany({}, { size: 9 })).matchedCount, 1],
    ['replaceOne', async () => (await things.replaceOne({ name: 'gone' }, { name: 'new' })).matchedCount, 0],
    ['findOneAndUpdate', () => things.findOneAndUpdate({ name: 'gone' }, { size: 9 }), null],
    ['findOneAndReplace', () => things.findOneAndReplace({ name: 'gone' }, { name: 'new' }), null],
    ['findOneAndDelete', () => things.findOneAndDelete({ name: 'gone' }), null],
    ['deleteOne', async () => (await things.deleteOne({ name: 'gone' })).deletedCount, 0],
    ['deleteMany', async () => (await things.deleteMany({})).deletedCount, 1],
  ];
  it.each(operations)('%s', async (_, run, expected) => expect(await run()).toEqual(expected));
});

describe('deleted documents take part in', () => {
  const operations: [string, () => Promise<unknown>, unknown][] = [
    [
      'find with the option',
      async () => names(await things.find({}, null, { withDeleted: true })),
      ['gone', 'here'],
    ],
    ['find that asks for them', async () => names(await things.find({ isDeleted: true })), ['gone']],
    ['countDocuments with the option', () => things.countDocuments({}, { withDeleted: true }), 2],
    [
      'aggregate with the option',
      async () => names(await things.aggregate<Thing>([{ $match: {} }]).option({ withDeleted: true })),
      ['gone', 'here'],
    ],
    [
      'aggregate that asks for them',
      async () => names(await things.aggregate<Thing>([{ $match: { isDeleted: true } }])),
      ['gone'],
    ],
    [
      'updateMany with the option',
      async () => (await things.updateMany({}, { size: 9 }).setOptions({ withDeleted: true })).matchedCount,
      2,
    ],
  ];
  it.each(operations)('%s', async (_, run, expected) => expect(await run()).toEqual(expected));
});
