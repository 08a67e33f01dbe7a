import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { WeeklyReportSchedule } from './weekly-report-schedule.js';

/** Asks for reports; the worker makes them. */
@Module({ imports: [JobsModule], providers: [WeeklyReportSchedule] })
export class ReportsModule {}
