import { expect, it } from 'vitest';
import { Ground, until } from './support/ground.js';
import { enqueue, numbersOf, type Enqueued } from './support/producers.js';

const connections = 200;
const streams = 10;

it('SIGTERM under 200 connections: no answer is lost, open streams end, and the process ends in time', async () => {
  await using ground = await Ground.over({});
  const { admin, program, url } = await ground.api();

  const watched = await enqueue(admin, { number: -1 }, { delay: 3_600_000 });
  const login = await admin.post('/api/auth/login', {
    email: ground.settings['ADMIN_EMAIL'],
    password: ground.settings['ADMIN_PASSWORD'],
  });
  const headers = { authorization: `Bearer ${String(login.body.data?.accessToken)}` };
  const following = Array.from({ length: streams }, async () => {
    const response = await fetch(`${url}/api/queues/faults/jobs/${watched?.id}/events`, { headers });
    expect(response.status).toBe(200);
    return response;
  });
  const ends = (await Promise.all(following)).map((response) => response.text());

  const answered: Enqueued[] = [];
  let numbers = 0;
  const produce = async (): Promise<void> => {
    for (;;) {
      const job = await enqueue(admin, { number: (numbers += 1) });
      if (job === undefined) return;
      answered.push(job);
    }
  };
  const producing = Array.from({ length: connections }, produce);
  await until('all connections are at work', () => answered.length > 2 * connections, 60_000);
  const asked = Date.now();
  const exit = await program.end('SIGTERM');
  const seconds = (Date.now() - asked) / 1_000;
  await Promise.all(producing);

  // A stream that is cut off instead of ended would reject here.
  const texts = await Promise.all(ends);
  expect(texts.every((text) => text.includes('event: '))).toBe(true);

  const rows = await ground.database.collection('jobs').find({ queue: 'faults' }).toArray();
  const known = new Set(numbersOf(answered));
  const unanswered = rows
    .map(({ data }) => Number(data.number))
    .filter((number) => number > 0 && !known.has(number));
  ground.print('SIGTERM under 200 connections', {
    accepted: answered.length,
    unanswered: unanswered.length,
    exit,
    secondsToExit: seconds,
  });
  expect(unanswered).toEqual([]);
  expect(exit).toBe(0);
  expect(seconds).toBeLessThan(30);

  // What was only watched is not due for an hour.
  await ground.database.collection('jobs').deleteMany({ 'data.number': -1 });
  await ground.worker();
  const tally = await ground.settle('what it had accepted', numbersOf(answered), 90_000);
  expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
});
