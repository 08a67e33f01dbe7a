import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { MongooseModule } from '@nestjs/mongoose';
import { jobsConfig } from '../config/jobs.config.js';
import { QueueRedis } from '../infrastructure/redis/queue-redis.js';
import { JobCatalogue } from './catalogue/catalogue.js';
import { JobModelName, JobSchema } from './job.schema.js';
import { JobProducer } from './job-producer.js';
import { JobsRepository } from './jobs.repository.js';
import { Queues } from './queues.js';
import { Publisher } from './relay/publisher.js';
import { Relay } from './relay/relay.js';

/** The ledger and what moves its jobs to BullMQ. Runs in every process; holds no processor. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: JobModelName, schema: JobSchema }]),
    BullModule.forRootAsync({
      inject: [QueueRedis, jobsConfig.KEY],
      useFactory: (redis: QueueRedis, config: ConfigType<typeof jobsConfig>) => ({
        connection: redis.producer,
        prefix: config.queuePrefix,
        // A queue answers at once whether Redis is there or not, instead of waiting for it.
        skipWaitingForReady: true,
        skipVersionCheck: true,
      }),
    }),
    BullModule.registerQueue(...new JobCatalogue().queues.map((name) => ({ name }))),
  ],
  providers: [
    { provide: JobCatalogue, useFactory: () => new JobCatalogue() },
    JobsRepository,
    JobProducer,
    Queues,
    Publisher,
    Relay,
  ],
  exports: [JobProducer],
})
export class JobsModule {}
