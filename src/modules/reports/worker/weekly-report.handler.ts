import { Injectable } from '@nestjs/common';
import { weeklyReport, type WeeklyReportPayload } from '../../../jobs/catalogue/weekly-report.js';
import { JobFiguresRepository } from '../../../jobs/job-figures.repository.js';
import { JobHandler, type JobHandlerHost, type RunningJob } from '../../../jobs/worker/job-handler.js';
import { UserFigures } from '../user-figures.js';
import { AdministratorMails } from './administrator-mails.js';
import { weeklyReportText, type WeeklyFigures } from './weekly-report.template.js';

const week = 7 * 24 * 60 * 60 * 1_000;

/** Counts, and mails what it counted to the administrators. */
@Injectable()
@JobHandler(weeklyReport.name)
export class WeeklyReportHandler implements JobHandlerHost<WeeklyReportPayload> {
  constructor(
    private readonly userFigures: UserFigures,
    private readonly jobFigures: JobFiguresRepository,
    private readonly mails: AdministratorMails,
  ) {}

  /** @returns the numbers, so that they can be read over REST too. */
  async handle({ id }: RunningJob<WeeklyReportPayload>): Promise<object> {
    const until = new Date();
    const from = new Date(until.getTime() - week);
    const figures: WeeklyFigures = {
      from,
      until,
      users: await this.userFigures.byRoleAndStatus(),
      jobs: await this.jobFigures.byQueueAndState(),
      failures: await this.jobFigures.failuresSince(from),
    };
    const recipients = await this.mails.send(id, weeklyReportText(figures));
    const { users, jobs, failures } = figures;
    return { users, jobs, failures, recipients };
  }
}
