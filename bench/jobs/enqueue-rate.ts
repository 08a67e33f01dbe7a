import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningApi } from '../api-process.js';
import { newLatencies } from '../latencies.js';

export interface EnqueueMeasurement {
  /** Requests a second that were sent, whatever the answers took. */
  readonly perSecond: number;
  readonly requests: number;
  /** Milliseconds from the moment at which a request was due. */
  readonly p50: number;
  readonly p99: number;
  /** CPU time of the API a request, publishing included, in microseconds; null where the kernel does not tell. */
  readonly cpuEach: number | null;
  /** Answers other than 202. */
  readonly errors: number;
}

/** Sends one job after the other at a fixed rate, over so many seconds; slow answers slow nothing down. */
export async function measureEnqueue(
  { port, population, process: api }: RunningApi,
  perSecond: number,
  seconds: number,
): Promise<EnqueueMeasurement> {
  const latencies = newLatencies();
  let errors = 0;
  const send = async (due: number, counts: boolean): Promise<void> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/queues/data-processing/jobs`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${population.administratorToken}`,
      },
      body: JSON.stringify({ name: 'process-items', data: { items: [{ sku: 'A-1', quantity: 2 }] } }),
    }).catch(() => undefined);
    await answer?.arrayBuffer();
    if (!counts) return;
    if (answer?.status !== 202) errors += 1;
    latencies.record(Math.max(1, Math.round((performance.now() - due) * 1_000)));
  };
  const run = async (duration: number, counts: boolean): Promise<number> => {
    const count = Math.round(duration * perSecond);
    const start = performance.now();
    const sent: Promise<void>[] = [];
    for (let index = 0; index < count; index++) {
      const due = start + (index * 1_000) / perSecond;
      const ahead = due - performance.now();
      if (ahead > 0) await sleep(ahead);
      sent.push(send(due, counts));
    }
    await Promise.all(sent);
    return count;
  };
  await run(2, false);
  const before = api.cpuTime();
  const requests = await run(seconds, true);
  const after = api.cpuTime();
  const cpuEach =
    before === undefined || after === undefined ? null : Math.round((after - before) / requests);
  const milliseconds = (percentile: number): number =>
    Number((latencies.percentile(percentile) / 1_000).toFixed(2));
  return { perSecond, requests, p50: milliseconds(50), p99: milliseconds(99), cpuEach, errors };
}
