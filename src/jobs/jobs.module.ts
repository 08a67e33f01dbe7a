import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { MongooseModule } from '@nestjs/mongoose';
import { jobsConfig } from '../config/jobs.config.js';
import { QueueRedis } from '../infrastructure/redis/queue-redis.js';
import { JobCatalogue } from './catalogue/catalogue.js';
import { JobModelName, JobSchema } from './job.schema.js';
import { JobProducer } from './job-producer.js';
import { DeadLetterAlerts } from './dead-letters/dead-letter-alerts.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { DeadLettersRepository } from './dead-letters/dead-letters.repository.js';
import { HintSubscriber } from './events/hint-subscriber.js';
import { JobEvents } from './events/job-events.js';
import { JobHints } from './events/job-hints.js';
import { JobFiguresRepository } from './job-figures.repository.js';
import { JobLedger } from './job-ledger.js';
import { JobListsRepository } from './job-lists.repository.js';
import { JobsRepository } from './jobs.repository.js';
import { LiveJobs } from './live-jobs.js';
import { EffectMarkModelName, EffectMarkSchema } from './once/effect-mark.schema.js';
import { EffectMarksRepository } from './once/effect-marks.repository.js';
import { EffectMarksSweep } from './once/effect-marks-sweep.js';
import { LedgerFiguresRepository } from './metrics/ledger-figures.repository.js';
import { LedgerMetrics } from './metrics/ledger-metrics.js';
import { QueueMetrics } from './metrics/queue-metrics.js';
import { Once } from './once/once.js';
import { QueueStatus } from './queue-status.js';
import { Queues } from './queues.js';
import { LeaseModelName, LeaseSchema } from './reconciler/lease.schema.js';
import { LeasesRepository } from './reconciler/leases.repository.js';
import { Reconciler } from './reconciler/reconciler.js';
import { Reconciliation } from './reconciler/reconciliation.js';
import { Publisher } from './relay/publisher.js';
import { Relay } from './relay/relay.js';
import { ScheduleModelName, ScheduleSchema } from './schedules/schedule.schema.js';
import { ScheduleTicks } from './schedules/schedule-ticks.js';
import { Schedules } from './schedules/schedules.js';
import { SchedulesRepository } from './schedules/schedules.repository.js';
import { QueueSwitchModelName, QueueSwitchSchema } from './switches/queue-switch.schema.js';
import { QueueSwitches } from './switches/queue-switches.js';
import { QueueSwitchesRepository } from './switches/queue-switches.repository.js';
import { WorkersAlive } from './workers-alive.js';

/** The ledger and what moves its jobs to BullMQ. Runs in every process; holds no processor. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: JobModelName, schema: JobSchema },
      { name: EffectMarkModelName, schema: EffectMarkSchema },
      { name: LeaseModelName, schema: LeaseSchema },
      { name: ScheduleModelName, schema: ScheduleSchema },
      { name: QueueSwitchModelName, schema: QueueSwitchSchema },
    ]),
    BullModule.forRootAsync({
      inject: [QueueRedis, jobsConfig.KEY],
      useFactory: (redis: QueueRedis, config: ConfigType<typeof jobsConfig>) => ({
        connection: redis.producer,
        prefix: config.queuePrefix,
        // A queue answers at once whether Redis is there or not, instead of waiting for it.
        skipWaitingForReady: true,
        skipVersionCheck: true,
      }),
      // Workers are started by worker/consumers.ts, when the process can do what they take.
      extraOptions: { manualRegistration: true },
    }),
    BullModule.registerQueue(...new JobCatalogue().queues.map((name) => ({ name }))),
  ],
  providers: [
    { provide: JobCatalogue, useFactory: () => new JobCatalogue() },
    JobsRepository,
    JobFiguresRepository,
    JobListsRepository,
    DeadLettersRepository,
    DeadLetters,
    DeadLetterAlerts,
    SchedulesRepository,
    Schedules,
    ScheduleTicks,
    QueueSwitchesRepository,
    QueueSwitches,
    JobProducer,
    Queues,
    Publisher,
    Relay,
    LeasesRepository,
    Reconciliation,
    Reconciler,
    EffectMarksRepository,
    EffectMarksSweep,
    Once,
    QueueStatus,
    WorkersAlive,
    LiveJobs,
    LedgerFiguresRepository,
    LedgerMetrics,
    QueueMetrics,
    JobHints,
    HintSubscriber,
    JobEvents,
    JobLedger,
  ],
  exports: [
    JobHints,
    JobEvents,
    DeadLetters,
    QueueSwitches,
    Schedules,
    JobCatalogue,
    JobFiguresRepository,
    JobLedger,
    JobProducer,
    JobsRepository,
    LeasesRepository,
    Once,
    Queues,
    QueueStatus,
    WorkersAlive,
  ],
})
export class JobsModule {}
