import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { FreeText } from '../../../http/free-text.js';
import { NotNull } from '../../../http/not-null.js';
import type { ApiKeyPatch } from '../api-key-management.service.js';
import { AreNetworks } from './is-network.js';
import { QuotaDto, RateLimitDto } from './limits.dto.js';

/** Only what is named changes; null clears. When a key ends is settled when it is made: rotate it for a new term. */
export class UpdateApiKeyDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 100, example: 'nightly import' })
  @NotNull()
  @FreeText({ maxLength: 100 })
  name?: string;

  @ApiPropertyOptional({
    type: [String],
    nullable: true,
    maxItems: 100,
    example: ['users:read'],
    description: 'Replaces the whole list; the owner of the key must hold all of them.',
  })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  permissions?: string[] | null;

  @ApiPropertyOptional({ type: [String], nullable: true, maxItems: 100 })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @AreNetworks()
  allowedIps?: string[] | null;

  @ApiPropertyOptional({
    type: RateLimitDto,
    nullable: true,
    description: 'Higher than the limit that every principal has only with api-keys:manage.',
  })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RateLimitDto)
  rateLimit?: RateLimitDto | null;

  @ApiPropertyOptional({ type: QuotaDto, nullable: true })
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => QuotaDto)
  quota?: QuotaDto | null;
}

/** Only what was sent: a field that was left out is an own property of the instance all the same. */
export function patchOf({ name, permissions, allowedIps, rateLimit, quota }: UpdateApiKeyDto): ApiKeyPatch {
  return {
    ...(name !== undefined && { name }),
    ...(permissions !== undefined && { permissions: permissions ?? [] }),
    ...(allowedIps !== undefined && { allowedIps: allowedIps ?? [] }),
    ...(rateLimit !== undefined && { rateLimit: rateLimit && plainRateLimit(rateLimit) }),
    ...(quota !== undefined && { quota: quota && plainQuota(quota) }),
  };
}

export function plainRateLimit({ limit, windowSeconds }: RateLimitDto): RateLimitDto {
  return { limit, windowSeconds };
}

export function plainQuota({ limit, period }: QuotaDto): QuotaDto {
  return { limit, period };
}
