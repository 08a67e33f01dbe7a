import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsObject, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import {
  missedPolicies,
  type MissedPolicy,
  type ScheduleDefinition,
} from '../../../jobs/schedules/schedule.js';
import type { ScheduleView } from '../../../jobs/schedules/schedules.js';

const year = 366 * 24 * 60 * 60 * 1_000;

/** Either pattern or every. */
export class PutScheduleDto {
  @ApiPropertyOptional({
    maxLength: 100,
    example: '0 9 * * 1',
    description: 'Cron, with or without seconds.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  pattern?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1_000, maximum: year, description: 'Milliseconds.' })
  @IsOptional()
  @IsInt()
  @Min(1_000)
  @Max(year)
  every?: number;

  @ApiPropertyOptional({ maxLength: 64, default: 'UTC', example: 'Europe/Berlin' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  timezone?: string;

  @ApiProperty({ maxLength: 100, example: 'weekly-report', description: 'A public type of this queue.' })
  @IsString()
  @MaxLength(100)
  name!: string;

  @ApiProperty({ type: Object, example: { type: 'weekly' } })
  @IsObject()
  data!: Record<string, unknown>;

  @ApiPropertyOptional({ enum: missedPolicies, default: 'run-once' })
  @IsOptional()
  @IsIn(missedPolicies)
  missed?: MissedPolicy;

  @ApiPropertyOptional({ default: false })
  @IsOptional()
  @IsBoolean()
  paused?: boolean;
}

export class ScheduleDto {
  @ApiProperty({ example: 'weekly-report' })
  id!: string;

  @ApiProperty({ example: 'reports' })
  queue!: string;

  @ApiPropertyOptional({ example: '0 9 * * 1' })
  pattern?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'Milliseconds.' })
  every?: number;

  @ApiProperty({ example: 'UTC' })
  timezone!: string;

  @ApiProperty({ example: 'weekly-report' })
  name!: string;

  @ApiProperty({ type: Object, description: 'The payload without what must not be shown.' })
  data!: Readonly<Record<string, unknown>>;

  @ApiProperty({ enum: missedPolicies })
  missed!: MissedPolicy;

  @ApiProperty()
  paused!: boolean;

  @ApiProperty({ type: [String], format: 'date-time', description: 'None while it is paused.' })
  nextRuns!: string[];

  @ApiPropertyOptional({ format: 'date-time' })
  lastRunAt?: string;
}

export function definitionOf(body: PutScheduleDto): ScheduleDefinition {
  const {
    name,
    data,
    pattern = null,
    every = null,
    timezone = 'UTC',
    missed = 'run-once',
    paused = false,
  } = body;
  return { name, data, pattern, every, timezone, missed, paused };
}

export function scheduleDto(schedule: ScheduleView): ScheduleDto {
  const { id, queue, pattern, every, timezone, name, data, missed, paused, nextRuns, lastAt } = schedule;
  return {
    id,
    queue,
    ...(pattern !== null && { pattern }),
    ...(every !== null && { every }),
    timezone,
    name,
    data,
    missed,
    paused,
    nextRuns: nextRuns.map((run) => run.toISOString()),
    ...(lastAt !== null && { lastRunAt: lastAt.toISOString() }),
  };
}
