import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { QueuesController } from './queues.controller.js';
import { QueuesService } from './queues.service.js';

/** The ledger over REST. */
@Module({
  imports: [JobsModule],
  controllers: [QueuesController],
  providers: [QueuesService],
})
export class QueuesModule {}
