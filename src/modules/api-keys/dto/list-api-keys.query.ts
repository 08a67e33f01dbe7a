import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsId } from '../../../http/is-id.js';
import { ListQuery } from '../../../http/list-query.dto.js';
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
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : value,
  )
  @IsInt()
  @Min(1)
  @Max(400)
  days?: number;
}
