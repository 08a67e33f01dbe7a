import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import type { SortOrder } from '../common/pagination.js';
import { WholeNumber } from './whole-number.js';

export const maximumSkip = 10_000;
const sortOrders = ['asc', 'desc'] as const;

/** The query of a list that is read by cursor alone. */
export class CursorQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 10 })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  @ApiPropertyOptional({
    maxLength: 1024,
    description: 'Empty for the first part, then the nextCursor of the part before. No totals, any depth.',
  })
  @IsOptional()
  @IsString()
  @MaxLength(1024)
  cursor?: string;

  @ApiPropertyOptional({ enum: sortOrders, default: 'desc' })
  @IsOptional()
  @IsIn(sortOrders)
  sortOrder?: SortOrder;
}

/** The query of every other list. A list's own query class extends it by its sortBy and its filters. */
export abstract class ListQuery<Field extends string> extends CursorQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 1, description: 'Not together with cursor.' })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  page?: number;

  abstract sortBy?: Field;
}
