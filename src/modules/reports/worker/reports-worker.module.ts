import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { MailerModule } from '../../../infrastructure/mailer/mailer.module.js';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { UserFigures } from '../user-figures.js';
import { AdministratorMails } from './administrator-mails.js';
import { DeadLetterAlertHandler } from './dead-letter-alert.handler.js';
import { WeeklyReportHandler } from './weekly-report.handler.js';

interface Figures {
  readonly module: Type;
  /** A provider that the module exports. */
  readonly source: Type<UserFigures>;
}

/** What the administrators are told: the weekly report, and jobs that failed for good. */
@Module({})
export class ReportsWorkerModule {
  static withFigures({ module, source }: Figures): DynamicModule {
    return {
      module: ReportsWorkerModule,
      imports: [JobsModule, MailerModule, module],
      providers: [
        { provide: UserFigures, useExisting: source },
        AdministratorMails,
        WeeklyReportHandler,
        DeadLetterAlertHandler,
      ],
    };
  }
}
