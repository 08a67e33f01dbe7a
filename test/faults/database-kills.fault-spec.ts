import { createConnection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Ground, range, until } from './support/ground.js';
import { OwnService } from './support/own-services.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';

/** Milliseconds from the return of the database until a job is accepted and done again and the API says that it is ready. */
const longestRecovery = 15_000;

it('the database is killed under load: nothing acknowledged is lost, and the service comes back by itself', async () => {
  await using mongo = await OwnService.mongo();
  await using ground = await Ground.over({ mongo: mongo.uri });
  const { admin, program } = await ground.api();
  const worker = await ground.worker();

  const accepted: number[] = [];
  const recoveries: number[] = [];
  for (const first of [0, 10_000]) {
    const wanted = range(600, first).map((number) => ({ number, work: 50 }));
    const loading = enqueueAll(admin, wanted);
    await until('some are accepted', async () => (await ground.effects()) > accepted.length + 50, 60_000);
    mongo.signal('SIGKILL');
    await sleep(500);
    await until('the database is back', () => answers(mongo.uri), 60_000);
    const returned = Date.now();
    const probe = first + 5_000;
    await until('a job is accepted', async () => (await enqueue(admin, { number: probe })) !== undefined);
    await until('the API is ready', async () => (await admin.get('/health/ready')).status === 200);
    await until('a worker does it', async () => (await ground.tally([probe])).lost === 0);
    recoveries.push(Date.now() - returned);
    accepted.push(probe, ...numbersOf(await loading));
  }
  const tally = await ground.settle('database killed twice', accepted, 90_000, { recoveries });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  expect(tally.accepted).toBeGreaterThan(100);
  expect(Math.max(...recoveries)).toBeLessThan(longestRecovery);
  // The same processes all along.
  for (const { pid } of [program, worker]) expect(process.kill(pid, 0)).toBe(true);
});

async function answers(uri: string): Promise<boolean> {
  const connection = createConnection(uri, { serverSelectionTimeoutMS: 500 });
  try {
    await connection.asPromise();
    await connection.db?.command({ ping: 1 });
    return true;
  } finally {
    await connection.close();
  }
}
