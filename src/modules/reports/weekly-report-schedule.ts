import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DatabaseConnection } from '../../infrastructure/mongo/database-connection.js';
import { weeklyReport } from '../../jobs/catalogue/weekly-report.js';
import { Schedules } from '../../jobs/schedules/schedules.js';

const monday = '0 9 * * 1';

/** Every installation has the weekly report, until an operator changes or deletes its schedule. */
@Injectable()
export class WeeklyReportSchedule implements OnModuleInit {
  constructor(
    private readonly database: DatabaseConnection,
    private readonly schedules: Schedules,
  ) {}

  onModuleInit(): void {
    this.database.whenPrepared('scheduling the weekly report', () =>
      this.schedules.seed(weeklyReport, 'weekly-report', {
        pattern: monday,
        every: null,
        timezone: 'UTC',
        name: weeklyReport.name,
        data: { type: 'weekly' },
        missed: 'run-once',
        paused: false,
      }),
    );
  }
}
