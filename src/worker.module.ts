import { Module } from '@nestjs/common';
import { ConfigModule } from './config/config.module.js';
import { ClockModule } from './infrastructure/clock.module.js';
import { LoggingModule } from './infrastructure/logging/logging.module.js';
import { MongoModule } from './infrastructure/mongo/mongo.module.js';
import { SignalsModule } from './infrastructure/mongo/signals/signals.module.js';
import { RedisModule } from './infrastructure/redis/redis.module.js';
import { TelemetryModule } from './infrastructure/telemetry/telemetry.module.js';
import { JobsWorkerModule } from './jobs/worker/jobs-worker.module.js';
import { ApiKeysWorkerModule } from './modules/api-keys/worker/api-keys-worker.module.js';
import { DataProcessingWorkerModule } from './modules/data-processing/worker/data-processing-worker.module.js';
import { WorkerHealthModule } from './modules/health/worker/worker-health.module.js';
import { NotificationsWorkerModule } from './modules/notifications/worker/notifications-worker.module.js';
import { SendEmailWorkerModule } from './modules/notifications/worker/send-email-worker.module.js';
import { ReportsWorkerModule } from './modules/reports/worker/reports-worker.module.js';
import { UserImportsWorkerModule } from './modules/users/worker/user-imports-worker.module.js';
import { UserFiguresModule } from './modules/users/worker/user-figures.module.js';
import { UserFiguresSource } from './modules/users/worker/user-figures-source.js';
import { UserRecipients } from './modules/users/worker/user-recipients.js';
import { UserRecipientsModule } from './modules/users/worker/user-recipients.module.js';

/** The worker: it consumes jobs and answers nothing but its probe. */
@Module({
  imports: [
    ConfigModule,
    LoggingModule,
    ClockModule,
    MongoModule,
    SignalsModule,
    RedisModule,
    TelemetryModule,
    WorkerHealthModule,
    JobsWorkerModule,
    NotificationsWorkerModule.withRecipients({
      module: UserRecipientsModule,
      directory: UserRecipients,
    }),
    ApiKeysWorkerModule.withRecipients({ module: UserRecipientsModule, directory: UserRecipients }),
    SendEmailWorkerModule,
    DataProcessingWorkerModule,
    UserImportsWorkerModule,
    ReportsWorkerModule.withFigures({ module: UserFiguresModule, source: UserFiguresSource }),
  ],
})
export class WorkerModule {}
