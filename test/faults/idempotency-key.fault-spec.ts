import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Client } from '../support/client.js';
import { Ground } from './support/ground.js';

const senders = 100;

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly replayed: boolean;
  readonly refusals: number;
}

/** Sends until the answer is another than "still running". */
async function send(client: Client, refusals = 0): Promise<Answer> {
  const job = { name: 'fault', data: { number: 7, traced: true } };
  const headers = { 'idempotency-key': 'a-hundred-times' };
  const reply = await client.post('/api/queues/faults/jobs', job, { headers });
  if (reply.status === 409) {
    await sleep(20);
    return send(client, refusals + 1);
  }
  const replayed = reply.headers.get('idempotency-replayed') === 'true';
  return { status: reply.status, text: reply.text, replayed, refusals };
}

it('one Idempotency-Key sent 100 times in parallel to two processes: one job, 100 equal answers', async () => {
  await using ground = await Ground.over({});
  const apis = [await ground.api(), await ground.api()];
  await ground.worker();
  const clients = apis.map(({ admin }) => admin);
  const sending = Array.from({ length: senders / clients.length }, () =>
    clients.map((client) => send(client)),
  );
  const answers = await Promise.all(sending.flat());

  const tally = await ground.settle('one key sent 100 times', [7], 60_000, {
    answers: answers.length,
    different: new Set(answers.map(({ text }) => text)).size,
    refusedMeanwhile: answers.reduce((sum, { refusals }) => sum + refusals, 0),
  });
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await ground.database.collection('jobs').countDocuments({ queue: 'faults' })).toBe(1);
  expect(tally).toEqual({ accepted: 1, effects: 1, lost: 0, duplicates: 0, dead: 0 });
  expect(await ground.starts()).toEqual([7]);
});
