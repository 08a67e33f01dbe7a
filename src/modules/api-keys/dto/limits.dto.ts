import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, Max, Min } from 'class-validator';
import type { Quota } from '../../../common/principal.js';

const periods = ['day', 'month'] as const;

export class RateLimitDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1_000_000, example: 60 })
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  limit!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 86_400, example: 60 })
  @IsInt()
  @Min(1)
  @Max(86_400)
  windowSeconds!: number;
}

export class QuotaDto {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1_000_000_000, example: 10_000 })
  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  limit!: number;

  @ApiProperty({ enum: periods, description: 'Of the calendar, in UTC.' })
  @IsIn(periods)
  period!: Quota['period'];
}
