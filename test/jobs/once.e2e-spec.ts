import { Schema, type Model } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jobIds } from '../../src/common/ids.js';
import { newId } from '../../src/infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../src/infrastructure/mongo/unit-of-work.js';
import { JobProducer } from '../../src/jobs/job-producer.js';
import { EffectMarksSweep } from '../../src/jobs/once/effect-marks-sweep.js';
import { Once } from '../../src/jobs/once/once.js';
import { LeasesRepository } from '../../src/jobs/reconciler/leases.repository.js';
import {
  connectionOf,
  forget,
  startProducer,
  testType,
  useIsolatedSettings,
  type RunningContext,
} from './support.js';

interface Effect {
  scope: string;
}

const type = testType('test-once');

describe('effects that happen once', () => {
  let context: RunningContext;
  let once: Once;
  let effects: Model<Effect>;

  beforeAll(async () => {
    useIsolatedSettings();
    context = await startProducer({ types: [type] });
    once = context.get(Once);
    // No unique key: an effect that happens twice shows.
    effects = connectionOf(context).model<Effect>('Effect', new Schema({ scope: String }));
    await effects.createCollection();
  });

  afterAll(async () => {
    await forget(context);
  });

  const count = (scope: string) => effects.countDocuments({ scope });
  const effect = (scope: string) => async () => void (await effects.insertMany([{ scope }]));

  it('in the database: of many runs at once, one has the effect', async () => {
    const id = newId(jobIds);
    await Promise.all(Array.from({ length: 8 }, () => once.inDatabase(id, undefined, effect('race'))));
    await once.inDatabase(id, undefined, effect('race'));
    expect(await count('race')).toBe(1);
  });

  it('in the database: the parts of a job are effects of their own', async () => {
    const id = newId(jobIds);
    for (const part of ['a', 'b', 'a']) await once.inDatabase(id, part, effect(`part-${part}`));
    expect([await count('part-a'), await count('part-b')]).toEqual([1, 1]);
  });

  it('in the database: an effect that fails leaves no mark', async () => {
    const id = newId(jobIds);
    const failing = once.inDatabase(id, undefined, async () => {
      await effect('failed')();
      throw new Error('no luck');
    });
    await expect(failing).rejects.toThrow('no luck');
    expect(await count('failed')).toBe(0);
    await once.inDatabase(id, undefined, effect('failed'));
    expect(await count('failed')).toBe(1);
  });

  it('outside: not again once it is marked, again when it failed', async () => {
    const id = newId(jobIds);
    const scopes: string[] = [];
    const failing = once.outside(id, 'mail', async () => {
      throw new Error('no luck');
    });
    await expect(failing).rejects.toThrow('no luck');
    for (let run = 0; run < 3; run += 1) {
      await once.outside(id, 'mail', async (scope) => void scopes.push(scope));
    }
    expect(scopes).toEqual([`${id}/mail`]);
  });

  it('keeps a mark for as long as its job has a row', async () => {
    const id = await context.get(JobProducer).enqueue(type, { number: 1 });
    const forgotten = newId(jobIds);
    await once.outside(id, undefined, async () => undefined);
    await once.outside(forgotten, undefined, async () => undefined);
    await context.get(EffectMarksSweep).sweep(new Date(Date.now() + 60_000));
    const marks = connectionOf(context).collection<{ _id: string }>('effectMarks');
    expect(await marks.countDocuments({ _id: id })).toBe(1);
    expect(await marks.countDocuments({ _id: forgotten })).toBe(0);
  });

  it('ends the sweep when no mark is old', async () => {
    expect(await context.get(EffectMarksSweep).sweep(new Date(0))).toBe(0);
  });

  it('joins the unit of work that its handler already runs', async () => {
    const id = newId(jobIds);
    const unit = context.get(UnitOfWork).run(async () => {
      await once.inDatabase(id, undefined, effect('joined'));
      throw new Error('rolled back');
    });
    await expect(unit).rejects.toThrow('rolled back');
    expect(await count('joined')).toBe(0);
  });
});

describe('a lease', () => {
  let context: RunningContext;
  let leases: LeasesRepository;

  beforeAll(async () => {
    useIsolatedSettings();
    context = await startProducer();
    leases = context.get(LeasesRepository);
  });

  afterAll(async () => {
    await forget(context);
  });

  it('is held by one of those who take it at once, until it ends or is given up', async () => {
    const holders = Array.from({ length: 10 }, (_, index) => `holder-${index}`);
    const taken = await Promise.all(
      holders.map((holder) => leases.take('test', holder, 60_000, { early: false })),
    );
    const [holder = '', ...others] = holders.filter((_, index) => taken[index]);
    expect(others).toEqual([]);
    expect(await leases.take('test', 'another', 60_000, { early: true })).toBe(false);
    expect(await leases.take('test', holder, 60_000, { early: false })).toBe(true);
    await leases.release('test', holder, 60_000);
    expect(await leases.take('test', 'another', 60_000, { early: false })).toBe(false);
    expect(await leases.take('test', 'another', 1, { early: true })).toBe(true);
    await expect
      .poll(() => leases.take('test', holder, 60_000, { early: true }), { timeout: 20_000 })
      .toBe(true);
  });
});
