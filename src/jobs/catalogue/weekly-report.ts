import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { jobType } from './job-type.js';

export class WeeklyReportPayload {
  @ApiProperty({ enum: ['weekly'] })
  @IsIn(['weekly'])
  type!: 'weekly';
}

/** Mails the administrators how many users and jobs there are. Its result holds the numbers, hence the permission. */
export const weeklyReport = jobType({
  name: 'weekly-report',
  queue: 'reports',
  payload: WeeklyReportPayload,
  access: 'public',
  permission: 'users:read',
  shows: ['type'],
  timeout: 5 * 60_000,
});
