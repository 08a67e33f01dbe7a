import { setTimeout as sleep } from 'node:timers/promises';

const patience = 120_000;

/**
 * Runs the slices that the parent asks for over the channel, and ends with it. A slice prepares, and then gives the
 * function that is measured.
 * @param {Record<string, (count: number) => Promise<() => Promise<void>>>} slices
 * @param {() => Promise<void>} end
 */
export function serveSlices(slices, end) {
  process.on('message', ({ slice, count }) => {
    void measure(slices[slice], count).then(
      (measured) => process.send(measured),
      (error) => process.send({ error: String(error?.stack ?? error) }),
    );
  });
  const leave = () => void end().finally(() => process.exit());
  process.once('SIGTERM', leave);
  process.once('disconnect', leave);
  process.send({ ready: true });
}

async function measure(prepare, count) {
  const run = await prepare(count);
  const cpu = process.cpuUsage();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuEach: (user + system) / count };
}

/** Asks until the answer is true. */
export async function until(what, isTrue) {
  for (const end = performance.now() + patience; !(await isTrue()); await sleep(10)) {
    if (performance.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
  }
}
