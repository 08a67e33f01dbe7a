// BullMQ without anything of ours: jobs that wait, and nothing else.
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { serveSlices, until } from './slices.mjs';

const work = 5;
const connection = new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
const prefix = `${process.env.QUEUE_PREFIX}:raw`;
const queue = new Queue('raw', { connection, prefix });
// What the ledger asks for as well; without it the server fills up.
const removeOnComplete = { age: 900, count: 5_000 };
let ran = 0;

const worker = new Worker(
  'raw',
  async () => {
    await sleep(work);
    ran += 1;
  },
  { connection, prefix, concurrency: Number(process.env.WORKER_CONCURRENCY) },
);
await worker.waitUntilReady();

const slice = (opts) => async (count) => {
  await queue.pause();
  await queue.addBulk(
    Array.from({ length: count }, (_, number) => ({ name: 'wait', data: { number }, opts })),
  );
  ran = 0;
  return async () => {
    await queue.resume();
    await until('all have run', () => ran >= count);
    await until('all are over', async () => (await queue.getActiveCount()) === 0);
  };
};

serveSlices(
  { plain: slice({ removeOnComplete }), prioritised: slice({ removeOnComplete, priority: 3, attempts: 6 }) },
  async () => {
    await worker.close();
    await queue.close();
    connection.disconnect();
  },
);
