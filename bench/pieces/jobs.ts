import { measureEnqueue, type EnqueueMeasurement } from '../jobs/enqueue-rate.js';
import { measureJobs, type JobMeasurement } from '../jobs/job-bench.js';
import { root, type Ground } from '../ground.js';
import { judge, type Verdict } from '../verdict.js';

const perSecond = 100;
const seconds = 10;
/** Milliseconds. */
const mostOfEnqueue = 50;
/** By the name of the measurement. */
const leastOfJobs: ReadonlyMap<string, number> = new Map([
  ['job of 5 ms', 0.7],
  ['job with that transaction', 0.5],
]);

/** Jobs asked for at a fixed rate. */
export async function benchEnqueue(
  ground: Ground,
): Promise<{ enqueue: EnqueueMeasurement; verdicts: Verdict[] }> {
  const enqueue = await measureEnqueue(await ground.api(), perSecond, seconds);
  const what = { name: `POST job, ${perSecond} a second`, of: 'p99, ms' };
  return { enqueue, verdicts: [judge(what, enqueue.p99, { most: mostOfEnqueue })] };
}

/** What workers do a second. */
export async function benchJobs(ground: Ground): Promise<{ jobs: JobMeasurement[]; verdicts: Verdict[] }> {
  ground.report('Starting the workers');
  const { options, folder, report } = ground;
  const jobs = await measureJobs(root, folder, ground.services('jobs'), options.jobPlan, report);
  const verdicts = jobs.flatMap(({ name, of, ratio, ratioByCpu }) => {
    const least = leastOfJobs.get(name);
    if (of === null || ratio === null || least === undefined) return [];
    return [judge({ name, of }, ratio, { least }, ratioByCpu)];
  });
  return { jobs, verdicts };
}
