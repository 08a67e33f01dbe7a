import type { Client, Reply } from '../../support/client.js';
import type { FaultData } from './ground.js';

export interface Enqueued {
  readonly number: number;
  readonly id: string;
  /** Milliseconds from the request to its whole answer. */
  readonly took: number;
}

/** Asks for one job over REST. Undefined when the answer was no 202, or never came: then nothing was promised. */
export async function enqueue(
  client: Client,
  data: FaultData,
  options: { delay?: number } = {},
): Promise<Enqueued | undefined> {
  const start = performance.now();
  const reply = await client
    .post('/api/queues/faults/jobs', { name: 'fault', data, ...options })
    .catch((): Reply | undefined => undefined);
  if (reply?.status !== 202) return undefined;
  return { number: data.number, id: String(reply.body.data?.id), took: performance.now() - start };
}

/** Asks for all of them, by so many producers at once. @returns those that were accepted. */
export async function enqueueAll(
  client: Client,
  wanted: readonly FaultData[],
  producers = 16,
): Promise<Enqueued[]> {
  const waiting = [...wanted];
  const accepted: Enqueued[] = [];
  const produce = async (): Promise<void> => {
    for (let data = waiting.shift(); data !== undefined; data = waiting.shift()) {
      const job = await enqueue(client, data);
      if (job !== undefined) accepted.push(job);
    }
  };
  await Promise.all(Array.from({ length: producers }, produce));
  return accepted;
}

export const numbersOf = (jobs: readonly Enqueued[]): number[] => jobs.map(({ number }) => number);
