import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsId } from '../../../http/is-id.js';
import { ListQuery } from '../../../http/list-query.dto.js';
import { WholeNumber } from '../../../http/whole-number.js';
import { apiKeySortFields, type ApiKeySortField } from '../api-key.js';

export class ListApiKeysQuery extends ListQuery<ApiKeySortField> {
  @ApiPropertyOptional({ enum: apiKeySortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(apiKeySortFields)
  sortBy?: ApiKeySortField;

  @ApiPropertyOptional({
    example: '665f1c2e9b1e8a0012345678',
    description: "Another user's keys; needs api-keys:manage.",
  })
  @IsOptional()
  @IsId()
  userId?: string;
}

export class UsageQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 400, default: 90 })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(400)
  days?: number;
}
