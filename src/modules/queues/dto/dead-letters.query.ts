import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsId } from '../../../http/is-id.js';
import { ListQuery } from '../../../http/list-query.dto.js';

const deadLetterSortFields = ['failedAt'] as const;

export class ListDeadLettersQuery extends ListQuery<'failedAt'> {
  @ApiPropertyOptional({ maxLength: 100, example: 'email' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  queue?: string;

  @ApiPropertyOptional({ maxLength: 100, example: 'send-email', description: 'The type of the job.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  name?: string;

  @ApiPropertyOptional({ enum: deadLetterSortFields, default: 'failedAt' })
  @IsOptional()
  @IsIn(deadLetterSortFields)
  sortBy?: 'failedAt';
}

/** Either of the two. */
export class RetryDeadLettersDto {
  @ApiPropertyOptional({ type: [String], minItems: 1, maxItems: 100 })
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  @IsId({ each: true })
  ids?: string[];

  @ApiPropertyOptional({ maxLength: 100, example: 'email', description: 'All that are dead in this queue.' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  queue?: string;
}

export class RequeuedDto {
  @ApiProperty({ type: 'integer', description: 'How many were dead and will run again.' })
  requeued!: number;
}
