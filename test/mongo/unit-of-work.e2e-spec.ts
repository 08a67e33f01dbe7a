import { getConnectionToken } from '@nestjs/mongoose';
import { Schema, type Connection, type Model } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { startApi, type RunningApi } from '../support/app.js';

interface Counter {
  name: string;
  value: number;
}

let api: RunningApi;
let unit: UnitOfWork;
let counters: Model<Counter>;

beforeAll(async () => {
  api = await startApi();
  const { UnitOfWork: token } = await import('../../src/infrastructure/mongo/unit-of-work.js');
  unit = api.app.get(token);
  const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
  counters = connection.model<Counter>('Counter', new Schema<Counter>({ name: String, value: Number }));
  await counters.createCollection();
});
afterAll(() => api?.close());
beforeEach(() => counters.deleteMany({}));

const valueOf = async (name: string) => (await counters.findOne({ name }).lean())?.value;

describe('a unit of work', () => {
  it('commits all of its writes, though no repository was given a session', async () => {
    await unit.run(async () => {
      await counters.insertMany([{ name: 'a', value: 1 }]);
      await counters.updateOne({ name: 'a' }, { $inc: { value: 1 } });
    });
    expect(await valueOf('a')).toBe(2);
  });

  it('rolls all of them back when it throws, and throws the same', async () => {
    const failure = new Error('no');
    const run = unit.run(async () => {
      await counters.insertMany([{ name: 'a', value: 1 }]);
      throw failure;
    });
    await expect(run).rejects.toBe(failure);
    expect(await counters.countDocuments()).toBe(0);
  });

  it('joins the one that runs', async () => {
    const run = unit.run(async () => {
      await unit.run(async () => {
        await counters.insertMany([{ name: 'inner', value: 1 }]);
      });
      throw new Error('outer');
    });
    await expect(run).rejects.toThrow('outer');
    expect(await counters.countDocuments()).toBe(0);
  });

  it('hides its writes from everybody else until the commit', async () => {
    await unit.run(async () => {
      await counters.insertMany([{ name: 'a', value: 1 }]);
      const outside = await counters.collection.countDocuments();
      expect(outside).toBe(0);
    });
  });

  it(
    'takes many at once, though there are fewer connections than transactions',
    { timeout: 25_000 },
    async () => {
      const names = Array.from({ length: 150 }, (_, index) => `many-${index}`);
      const run = (name: string) =>
        unit.run(async () => {
          await counters.insertMany([{ name, value: 0 }]);
          await counters.updateOne({ name }, { $inc: { value: 1 } });
        });
      await Promise.all(names.map(run));
      expect(await counters.countDocuments({ value: 1 })).toBe(names.length);
    },
  );

  it('repeats what conflicted, so that 20 increments by read and write add up to 20', async () => {
    await counters.insertMany([{ name: 'a', value: 0 }]);
    let attempts = 0;
    await Promise.all(
      Array.from({ length: 20 }, () =>
        unit.run(async () => {
          attempts++;
          const value = (await valueOf('a')) ?? 0;
          await counters.updateOne({ name: 'a' }, { $set: { value: value + 1 } });
        }),
      ),
    );
    expect(await valueOf('a')).toBe(20);
    expect(attempts).toBeGreaterThan(20);
  });
});

describe('what waits for the commit', () => {
  it('runs after it, in order, once, and whatever the one before did', async () => {
    const seen: unknown[] = [];
    await unit.run(async () => {
      await counters.insertMany([{ name: 'a', value: 1 }]);
      await unit.afterCommit(async () => {
        seen.push(await counters.collection.countDocuments());
        throw new Error('is only logged');
      });
      await unit.afterCommit(() => void seen.push('second'));
      seen.push('inside');
    });
    expect(seen).toEqual(['inside', 1, 'second']);
  });

  it('never runs when the unit is rolled back', async () => {
    const seen: string[] = [];
    const run = unit.run(async () => {
      await unit.afterCommit(() => void seen.push('ran'));
      throw new Error('no');
    });
    await expect(run).rejects.toThrow('no');
    expect(seen).toEqual([]);
  });

  it('runs at once outside of any', async () => {
    const seen: string[] = [];
    await unit.afterCommit(() => void seen.push('ran'));
    expect(seen).toEqual(['ran']);
  });
});

describe('filters', () => {
  it('with an unknown path throw instead of matching everything', async () => {
    await expect(counters.find({ nmae: 'a' }).exec()).rejects.toThrow(/nmae/);
  });

  it('take an operator in a value literally', async () => {
    await counters.insertMany([{ name: 'a', value: 1 }]);
    const fromClient: { name: never } = JSON.parse('{"name":{"$ne":""}}');
    const found = await counters
      .find(fromClient)
      .exec()
      .catch(() => []);
    expect(found).toEqual([]);
  });
});
