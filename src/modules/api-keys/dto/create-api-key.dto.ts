import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsObject,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { FreeText } from '../../../http/free-text.js';
import { NotNull } from '../../../http/not-null.js';
import { AreNetworks } from './is-network.js';
import { QuotaDto, RateLimitDto } from './limits.dto.js';

export class CreateApiKeyDto {
  @ApiProperty({ minLength: 1, maxLength: 100, example: 'nightly import' })
  @FreeText({ maxLength: 100 })
  name!: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 100,
    default: [],
    example: ['users:read'],
    description: 'You must hold all of them. A key without any reaches nothing but GET /api/users/me.',
  })
  @NotNull()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  permissions?: string[];

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1095, default: 365 })
  @NotNull()
  @IsInt()
  @Min(1)
  @Max(1_095)
  expiresInDays?: number;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 100,
    default: [],
    example: ['203.0.113.7', '10.0.0.0/8', '2001:db8::/32'],
    description: 'IP addresses and CIDR ranges. None: the key works from anywhere.',
  })
  @NotNull()
  @IsArray()
  @ArrayMaxSize(100)
  @AreNetworks()
  allowedIps?: string[];

  @ApiPropertyOptional({
    type: RateLimitDto,
    description: 'Instead of the limit that every principal has; higher than that only with api-keys:manage.',
  })
  @NotNull()
  @IsObject()
  @ValidateNested()
  @Type(() => RateLimitDto)
  rateLimit?: RateLimitDto;

  @ApiPropertyOptional({ type: QuotaDto })
  @NotNull()
  @IsObject()
  @ValidateNested()
  @Type(() => QuotaDto)
  quota?: QuotaDto;
}
