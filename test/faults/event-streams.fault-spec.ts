import { generateKeyPairSync } from 'node:crypto';
import { Redis } from 'ioredis';
import { expect, it } from 'vitest';
import { Ground, range, until, type StartedApi } from './support/ground.js';
import { Listener } from './support/listener.js';
import { enqueueAll, numbersOf } from './support/producers.js';

const listeners = 500;
const jobs = 5;

it('500 listeners of one process come back to another, and learn each end once, also one they missed', async () => {
  const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  await using ground = await Ground.over(
    {},
    // As in production: what one process signed, the next one knows.
    { JWT_PRIVATE_KEYS: JSON.stringify([{ ...key, kid: 'shared' }]) },
  );
  let api: StartedApi = await ground.api();
  await ground.worker();
  const login = await api.admin.post('/api/auth/login', {
    email: ground.settings['ADMIN_EMAIL'],
    password: ground.settings['ADMIN_PASSWORD'],
  });
  const headers = { authorization: `Bearer ${String(login.body.data?.accessToken)}` };

  const wanted = range(jobs, 1).map((number) => ({ number, held: true }));
  const accepted = (await enqueueAll(api.admin, wanted, 1)).toSorted(
    (one, other) => one.number - other.number,
  );
  expect(accepted).toHaveLength(jobs);
  const following = accepted.map(({ id }) =>
    Array.from(
      { length: listeners / jobs },
      () => new Listener(() => `${api.url}/api/queues/faults/jobs/${id}/events`, headers),
    ),
  );
  const all = following.flat();
  const release = async (...numbers: number[]): Promise<void> => {
    await ground.database.collection('faultMends').insertMany(numbers.map((number) => ({ number })));
  };
  const done = (count: number) =>
    until(`${count} jobs are done`, async () => (await ground.jobs('done')) === count);
  /** Whoever still has something to learn has come back since those counts of streams. */
  const connected = (counts: readonly number[] = []) =>
    until(
      'all streams are open',
      () => all.every(({ streams, isOver }, index) => isOver || streams > (counts[index] ?? 0)),
      90_000,
    );
  const streams = () => all.map((listener) => listener.streams);

  await connected();
  await until('all hear progress', () => all.every(({ names }) => names.includes('progress')));
  const subscriptions = [await subscriptionsOf(ground)];

  // Asked to end: it ends 500 streams by itself. One job ends while nobody serves.
  let before = streams();
  const asked = Date.now();
  expect(await api.program.end('SIGTERM')).toBe(0);
  const secondsToExit = (Date.now() - asked) / 1_000;
  await release(1);
  await done(1);
  api = await ground.api();
  await connected(before);
  await until('the missed end is learned', () => following[0]?.every(({ isOver }) => isOver) === true);
  subscriptions.push(await subscriptionsOf(ground));

  // Killed: 400 streams break off.
  before = streams();
  expect(await api.program.end('SIGKILL')).toBe('SIGKILL');
  api = await ground.api();
  await connected(before);
  await release(2, 3, 4, 5);
  await until('all have learned the end', () => all.every(({ isOver }) => isOver), 60_000);
  await until('nobody listens for them any more', async () => (await subscriptionsOf(ground)) === 0);

  const ends = all.map(({ names }) => names.filter((name) => name === 'completed').length);
  const tally = await ground.settle('500 listeners, the API ended and killed', numbersOf(accepted), 30_000, {
    listeners,
    subscriptions,
    secondsToExit,
    endsLearned: ends.filter((count) => count > 0).length,
    endsLearnedTwice: ends.filter((count) => count > 1).length,
  });
  expect(tally).toEqual({ accepted: jobs, effects: jobs, lost: 0, duplicates: 0, dead: 0 });
  expect(subscriptions).toEqual([1, 1]);
  expect(ends).toEqual(all.map(() => 1));
  expect(all.every(({ names }) => names[0] === 'snapshot' && names.at(-1) === 'completed')).toBe(true);
  expect(secondsToExit).toBeLessThan(30);
});

/** To the hints of the queue, by all processes together. */
async function subscriptionsOf(ground: Ground): Promise<number> {
  const redis = new Redis(ground.settings['REDIS_URL'] ?? '');
  const [, count] = await redis.pubsub('NUMSUB', `${ground.settings['QUEUE_PREFIX']}:hints:faults`);
  redis.disconnect();
  return Number(count);
}
