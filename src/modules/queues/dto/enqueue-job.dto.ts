import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsISO8601,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import type { JobStatus } from '../../../common/job-status.js';
import { JobCatalogue } from '../../../jobs/catalogue/catalogue.js';
import { jobPriorities, type JobPriority } from '../../../jobs/job-row.js';
import { JobStatusDto } from './job-status.dto.js';

const year = 366 * 24 * 60 * 60 * 1_000;
const withZone = /T.*(?:Z|[+-]\d\d:\d\d)$/;

export class EnqueueJobDto {
  @IsString()
  @MaxLength(100)
  name!: string;

  /** Held against the type's own declaration. */
  @IsObject()
  data!: Record<string, unknown>;

  @IsOptional()
  @IsIn(jobPriorities)
  priority?: JobPriority;

  @IsOptional()
  @MaxLength(40)
  @Matches(withZone, { message: 'runAt must be a date and time with its zone, e.g. 2030-01-31T09:00:00Z' })
  @IsISO8601({ strict: true })
  runAt?: string;

  /** Milliseconds. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(year)
  delay?: number;
}

export class AcceptedJobDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ type: JobStatusDto })
  status!: JobStatus;
}

/** Documents one body for each type that may be enqueued over REST. */
export function ApiEnqueueBody(): MethodDecorator {
  const types = new JobCatalogue().types.filter(({ access }) => access === 'public');
  return applyDecorators(
    ApiExtraModels(...types.map(({ payload }) => payload)),
    ApiBody({
      schema: {
        oneOf: types.map(({ name, queue, payload }) => ({
          type: 'object',
          title: name,
          description: `For the queue ${queue}`,
          required: ['name', 'data'],
          additionalProperties: false,
          properties: {
            name: { type: 'string', enum: [name] },
            data: { $ref: getSchemaPath(payload) },
            priority: { type: 'string', enum: [...jobPriorities], default: 'NORMAL' },
            runAt: { type: 'string', format: 'date-time', description: 'Not together with delay.' },
            delay: { type: 'integer', minimum: 0, maximum: year, description: 'Milliseconds from now.' },
          },
        })),
      },
    }),
  );
}
