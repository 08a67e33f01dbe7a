import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { jobStates, type JobState } from '../../../common/job-status.js';

/** Which of the fields are there depends on `status`. */
export class JobStatusDto {
  @ApiProperty({ enum: jobStates })
  status!: JobState;

  @ApiPropertyOptional({ format: 'date-time', description: 'pending' })
  queuedAt?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'scheduled' })
  runAt?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'processing' })
  startedAt?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 100, description: 'processing' })
  progress?: number;

  @ApiPropertyOptional({ description: 'processing: what the job says of itself' })
  note?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'completed' })
  completedAt?: string;

  @ApiPropertyOptional({ type: Object, nullable: true, description: 'completed: what the job returned' })
  result?: unknown;

  @ApiPropertyOptional({ format: 'date-time', description: 'failed, dead' })
  failedAt?: string;

  @ApiPropertyOptional({ description: 'failed, dead' })
  error?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'failed: another attempt follows' })
  nextAttemptAt?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'cancelled' })
  cancelledAt?: string;
}
