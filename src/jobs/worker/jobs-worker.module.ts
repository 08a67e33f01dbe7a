import type { WorkerHost } from '@nestjs/bullmq';
import { Module, type Provider } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { WorkerOptions } from 'bullmq';
import { DiscoveryModule } from '@nestjs/core';
import { Clock } from '../../common/clock.js';
import type { QueueRate } from '../../config/per-queue.js';
import { jobsConfig } from '../../config/jobs.config.js';
import { ConsumerRedis } from '../../infrastructure/redis/consumer-redis.js';
import { QueueRedis } from '../../infrastructure/redis/queue-redis.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { JobsModule } from '../jobs.module.js';
import { pauseAfter } from '../retry-ladder.js';
import { Cancellations } from './cancellations.js';
import { Consumers } from './consumers.js';
import { DueTimes } from './due-times.js';
import { DoneMarks } from './done-marks.js';
import { JobHandlers } from './job-handlers.js';
import { JobOutcomes } from './job-outcomes.js';
import { JobRunner } from './job-runner.js';
import { Lane } from './lane.js';
import { OpenJobs } from './open-jobs.js';
import { createQueueHost } from './queue-host.js';
import { Suspects } from './suspects.js';
import { QueueHosts } from './tokens.js';
import { WorkerHeartbeat } from './worker-heartbeat.js';

/** So often a job may lose its worker before BullMQ gives it up; the limit of suspects.ts comes first. */
const maxStalledCount = 10_000;

const { queues } = new JobCatalogue();

function hostOf(queue: string): Provider {
  return {
    provide: `QueueHost:${queue}`,
    inject: [JobRunner, JobCatalogue, ConsumerRedis, jobsConfig.KEY, Clock],
    useFactory: (
      runner: JobRunner,
      catalogue: JobCatalogue,
      connection: ConsumerRedis,
      config: ConfigType<typeof jobsConfig>,
      clock: Clock,
    ): WorkerHost => {
      const concurrency = config.queueConcurrency.get(queue) ?? config.workerConcurrency;
      const rate = config.queueRates.get(queue);
      return createQueueHost(
        queue,
        {
          connection,
          skipVersionCheck: false,
          concurrency,
          ...limiterOf(rate),
          lockDuration: config.lockDuration,
          stalledInterval: Math.ceil(config.lockDuration / 3),
          maxStalledCount,
          settings: {
            // BullMQ adds it to this process's own clock: one that is behind would make the pause shorter.
            backoffStrategy: (attempt, _, __, job) =>
              pauseAfter(catalogue.find(job?.name ?? '')?.retryLadder ?? config.retryLadder, attempt) +
              Math.max(0, -Math.round(clock.lead)),
          },
        },
        runner,
        // A start that BullMQ has counted is not to wait.
        new Lane(concurrency, rate === undefined),
      );
    },
  };
}

function limiterOf(rate: QueueRate | undefined): Pick<WorkerOptions, 'limiter'> {
  return rate === undefined ? {} : { limiter: { ...rate } };
}

/** What runs jobs. Only the worker process imports it, beside the modules that bring the handlers. */
@Module({
  imports: [JobsModule, DiscoveryModule],
  providers: [
    { provide: ConsumerRedis, inject: [QueueRedis], useFactory: (redis: QueueRedis) => redis.openConsumer() },
    ...queues.map(hostOf),
    {
      provide: QueueHosts,
      inject: queues.map((queue) => `QueueHost:${queue}`),
      useFactory: (...hosts: WorkerHost[]) => hosts,
    },
    JobHandlers,
    OpenJobs,
    DoneMarks,
    DueTimes,
    Cancellations,
    Suspects,
    JobOutcomes,
    JobRunner,
    Consumers,
    WorkerHeartbeat,
  ],
})
export class JobsWorkerModule {}
