import { ApiProperty } from '@nestjs/swagger';
import { jobStates, type JobState, type JobStatus } from '../../../common/job-status.js';
import type { JobView } from '../../../jobs/job-ledger.js';
import { JobStatusDto } from './job-status.dto.js';

export class JobDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'email' })
  queue!: string;

  @ApiProperty({ example: 'account-mail' })
  name!: string;

  @ApiProperty({ enum: jobStates })
  state!: JobState;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 100, description: 'Percent.' })
  progress!: number;

  @ApiProperty({
    type: Object,
    description: 'The payload without what must not be shown.',
    example: { template: 'invitation', userId: '665f1c2e9b1e8a0012345679' },
  })
  data!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: JobStatusDto })
  status!: JobStatus;
}

export function jobDto({ id, queue, name, progress, data, status }: JobView): JobDto {
  return { id, queue, name, state: status.status, progress, data, status };
}
