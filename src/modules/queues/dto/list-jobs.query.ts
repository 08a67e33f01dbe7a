import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { jobStates, type JobState } from '../../../common/job-status.js';
import { ListQuery } from '../../../http/list-query.dto.js';

const jobSortFields = ['createdAt'] as const;

export class ListJobsQuery extends ListQuery<'createdAt'> {
  @ApiPropertyOptional({ enum: jobStates })
  @IsOptional()
  @IsIn(jobStates)
  state?: JobState;

  @ApiPropertyOptional({ enum: jobSortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(jobSortFields)
  sortBy?: 'createdAt';
}
