import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { maximumSkip } from '../../../http/list-query.dto.js';
import { WholeNumber } from '../../../http/whole-number.js';
import { importOutcomes, mostRows, type ImportOutcome } from './user-import.js';

class ImportItemDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Ada Lovelace' })
  name!: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 150, example: 36 })
  age?: number;
}

export class ImportUsersDto {
  @ApiProperty({ type: [ImportItemDto], minItems: 1, maxItems: mostRows })
  items!: ImportItemDto[];
}

export class ImportRowsQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, default: 1 })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(maximumSkip)
  page?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 10 })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  limit?: number;

  @ApiPropertyOptional({ enum: importOutcomes, description: 'Only the rows that ended so.' })
  @IsOptional()
  @IsIn(importOutcomes)
  outcome?: ImportOutcome;
}
