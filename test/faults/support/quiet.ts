import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Of all processors together, over so many milliseconds: the share of time in which they had nothing to do. */
async function idleShare(span: number): Promise<number> {
  const before = processorTimes();
  await sleep(span);
  const after = processorTimes();
  return (after.idle - before.idle) / (after.all - before.all);
}

function processorTimes(): { idle: number; all: number } {
  const times = cpus().map((processor) => processor.times);
  const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0);
  return { idle: sum(times.map(({ idle }) => idle)), all: sum(times.flatMap((each) => Object.values(each))) };
}

/** Whether nobody else wants the processors: a time measured otherwise says more about them. Waits for it up to `limit` ms. */
export async function isQuiet(limit = 0): Promise<boolean> {
  const end = Date.now() + limit;
  for (;;) {
    if ((await idleShare(2_000)) > 0.75) return true;
    if (Date.now() > end) return false;
  }
}
