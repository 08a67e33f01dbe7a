import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { Ground, range, until, type StartedApi } from './support/ground.js';
import { enqueueAll, numbersOf, type Enqueued } from './support/producers.js';

let ground: Ground;
let operators: StartedApi[];

beforeAll(async () => {
  ground = await Ground.over({});
  operators = [await ground.api(), await ground.api()];
  await ground.worker();
});
afterAll(() => ground?.[Symbol.asyncDispose]());

const admin = (): Client => {
  const [first] = operators;
  if (first === undefined) throw new Error('no API');
  return first.admin;
};

/** Jobs that are dead, and would live if they were tried again. */
async function dead(count: number, first: number): Promise<Enqueued[]> {
  await ground.database.collection('faultMends').deleteMany({});
  const wanted = range(count, first).map((number) => ({ number, hopeless: true, traced: true }));
  const jobs = await enqueueAll(admin(), wanted);
  expect(jobs).toHaveLength(count);
  await until('all are dead', async () => (await ground.jobs('dead')) === count);
  await ground.database.collection('faultMends').insertOne({});
  return jobs;
}

const press = (client: Client, id: string): Promise<number> =>
  client.post(`/api/dead-letters/${id}/retry`).then(
    ({ status }) => status,
    () => 0,
  );

it('two operators press retry at once: one is told so, and each job runs once', async () => {
  const jobs = await dead(25, 0);
  const answers = await Promise.all(
    jobs.map(({ id }) => Promise.all(operators.map(({ admin: operator }) => press(operator, id)))),
  );
  expect(answers.map((pair) => pair.toSorted().join())).toEqual(jobs.map(() => '200,404'));
  const tally = await ground.settle('retry pressed by two at once', numbersOf(jobs));
  expect(tally).toMatchObject({ effects: 25, lost: 0, duplicates: 0, dead: 0 });
  // Once when it died, once more.
  expect((await ground.starts()).length).toBe(50);
});

it.each([
  [
    'before the commit',
    'jobs/dead-letters/dead-letters.repository.js DeadLettersRepository requeue after',
    1_000,
  ],
  ['after the commit', 'jobs/relay/relay.js Relay offer before', 2_000],
])('killed in the middle of a retry, %s: one run', async (moment, point, number) => {
  const [job] = await dead(1, number);
  const killed = await ground.api({ FAULT_KILL: point });
  expect(await press(killed.admin, job?.id ?? '')).toBe(0);
  expect(await killed.program.exit()).toBe('SIGKILL');
  // Whoever got no answer presses again.
  const again = await press(admin(), job?.id ?? '');
  expect([200, 404]).toContain(again);
  const tally = await ground.settle(`retry killed ${moment}`, [number], 60_000, { again });
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
  expect((await ground.starts()).filter((started) => started === number)).toHaveLength(2);
});
