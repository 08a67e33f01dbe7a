import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { DeadLetter } from '../../../jobs/dead-letters/dead-letters.js';

class OriginalJobDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'send-email' })
  name!: string;

  @ApiProperty({ type: Object, description: 'The payload without what must not be shown.' })
  data!: Readonly<Record<string, unknown>>;

  @ApiProperty({ type: 'integer', example: 6 })
  attemptsMade!: number;
}

class DeadLetterErrorDto {
  @ApiProperty({ example: 'connect ECONNREFUSED' })
  message!: string;

  @ApiPropertyOptional()
  stack?: string;
}

export class DeadLetterDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'email' })
  queue!: string;

  @ApiProperty({ type: OriginalJobDto })
  originalJob!: OriginalJobDto;

  @ApiProperty({ type: DeadLetterErrorDto })
  error!: DeadLetterErrorDto;

  @ApiProperty({ format: 'date-time' })
  failedAt!: string;
}

export function deadLetterDto({
  id,
  queue,
  name,
  data,
  attempts,
  error,
  failedAt,
}: DeadLetter): DeadLetterDto {
  const originalJob = { id, name, data, attemptsMade: attempts };
  return { id, queue, originalJob, error, failedAt: failedAt.toISOString() };
}
