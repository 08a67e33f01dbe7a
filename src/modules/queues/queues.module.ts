import { Module } from '@nestjs/common';
import { HttpModule } from '../../http/http.module.js';
import { JobsModule } from '../../jobs/jobs.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { DeadLettersController } from './dead-letters.controller.js';
import { DeadLettersService } from './dead-letters.service.js';
import { EnqueuingService } from './enqueuing.service.js';
import { JobEventsController } from './job-events.controller.js';
import { JobsController } from './jobs.controller.js';
import { QueuesController } from './queues.controller.js';
import { QueuesService } from './queues.service.js';
import { SchedulesController } from './schedules.controller.js';
import { SchedulesService } from './schedules.service.js';

/** The ledger over REST. */
@Module({
  imports: [HttpModule, JobsModule, AuditModule],
  controllers: [
    QueuesController,
    JobsController,
    JobEventsController,
    SchedulesController,
    DeadLettersController,
  ],
  providers: [QueuesService, EnqueuingService, SchedulesService, DeadLettersService],
})
export class QueuesModule {}
