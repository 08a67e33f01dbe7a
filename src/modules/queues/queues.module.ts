import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { EnqueuingService } from './enqueuing.service.js';
import { JobsController } from './jobs.controller.js';
import { QueuesService } from './queues.service.js';

/** The ledger over REST. */
@Module({
  imports: [JobsModule],
  controllers: [JobsController],
  providers: [QueuesService, EnqueuingService],
})
export class QueuesModule {}
