import { duration, durations } from './measures.js';
import { concurrencies, queueRates } from './per-queue.js';
import { section } from './section.js';
import { integer, text } from './variable.js';

export const jobsConfig = section('jobs', {
  queuePrefix: text('QUEUE_PREFIX', {
    default: '{nexus}',
    unit: 'key prefix',
    description: 'What the keys of the queues in Redis begin with; the braces keep them on one cluster node.',
  }),
  retryLadder: durations('JOB_RETRY_LADDER', {
    default: '1m,5m,15m,1h,6h',
    description: 'The pauses before each new attempt of a failed job; after the last one it is dead.',
  }),
  lockDuration: duration('JOB_LOCK_DURATION', {
    default: '15s',
    description: 'How long a worker that no longer answers keeps its jobs from the others.',
  }),
  maximumStarts: integer(
    'JOB_MAX_STARTS',
    { min: 1, max: 10_000 },
    {
      default: '50',
      description:
        'After so many starts a job is dead: it kills its worker each time, or never comes to an end.',
    },
  ),
  workerConcurrency: integer(
    'WORKER_CONCURRENCY',
    { min: 1, max: 1_000 },
    { default: '10', description: 'Jobs that one worker process runs at once in each queue.' },
  ),
  queueConcurrency: concurrencies('QUEUE_CONCURRENCY', {
    description: 'The same for single queues, e.g. email:5,reports:1. Absent: WORKER_CONCURRENCY for each.',
  }),
  queueRates: queueRates('QUEUE_RATE_LIMITS', {
    description:
      'Jobs that all workers together start at most in a span of time, for single queues, e.g. email:100/1m.',
  }),
  workerPort: integer(
    'WORKER_PORT',
    { min: 0, max: 65_535 },
    { default: '3001', description: 'The port of the worker probe: /health/live and /health/ready.' },
  ),
});
