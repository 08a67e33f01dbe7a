import { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { Ground, range, until } from './support/ground.js';
import { enqueueAll } from './support/producers.js';

it('killed between publishing and the mark of it: published again, and one effect each', async () => {
  await using ground = await Ground.over({});
  const killed = await ground.api({
    FAULT_KILL: 'jobs/jobs.repository.js JobsRepository markPublished before',
  });
  await enqueueAll(
    killed.admin,
    range(20).map((number) => ({ number, traced: true })),
  );
  expect(await killed.program.exit()).toBe('SIGKILL');

  const prefix = ground.settings['QUEUE_PREFIX'] ?? '';
  const connection = { url: ground.settings['REDIS_URL'] ?? '' };
  const queue = new Queue('faults', { connection, prefix });
  const published = await queue.getJobCountByTypes('prioritized', 'waiting');
  await queue.close();
  expect(published).toBeGreaterThan(0);
  expect(await ground.jobs('published')).toBe(0);

  // Accepted is what is committed, whether its answer came or died with the process.
  const rows = await ground.database.collection('jobs').find({ queue: 'faults' }).toArray();
  const accepted = rows.map(({ data }) => Number(data.number));
  const { admin } = await ground.api();
  await ground.worker();
  await ground.worker();
  await until('the API answers', async () => (await admin.get('/api/queues')).status === 200);
  const tally = await ground.settle('killed between publish and mark', accepted, 60_000, { published });
  expect(tally).toEqual({ accepted: rows.length, effects: rows.length, lost: 0, duplicates: 0, dead: 0 });
  expect((await ground.starts()).length).toBe(rows.length);
});
