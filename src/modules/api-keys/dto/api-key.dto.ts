import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { isActive, type ApiKey } from '../api-key.js';
import type { MadeApiKey } from '../api-key-management.service.js';
import { QuotaDto, RateLimitDto } from './limits.dto.js';

/** A key as clients see it: dates in ISO 8601, optional fields left out instead of null. */
export class ApiKeyDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678' })
  id!: string;

  @ApiProperty({ example: 'nightly import' })
  name!: string;

  @ApiProperty({ example: 'sk_4fQz', description: 'The first 7 characters of the key.' })
  prefix!: string;

  @ApiProperty({ type: [String], example: ['users:read'] })
  permissions!: string[];

  @ApiProperty({ type: [String], example: ['10.0.0.0/8'] })
  allowedIps!: string[];

  @ApiPropertyOptional({ type: RateLimitDto })
  rateLimit?: RateLimitDto;

  @ApiPropertyOptional({ type: QuotaDto })
  quota?: QuotaDto;

  @ApiPropertyOptional({ format: 'date-time', description: 'At most 30 s late.' })
  lastUsedAt?: string;

  @ApiProperty({ format: 'date-time' })
  expiresAt!: string;

  @ApiProperty({ description: 'Neither expired nor ended with its owner.' })
  isActive!: boolean;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;
}

export class MadeApiKeyDto extends ApiKeyDto {
  @ApiProperty({
    example: `sk_${'x'.repeat(49)}`,
    description: 'The key itself. Shown this once; send it as X-API-Key.',
  })
  key!: string;
}

export class DayOfUseDto {
  @ApiProperty({ example: '2026-03-09', description: 'In UTC.' })
  day!: string;

  @ApiProperty({ type: 'integer', example: 1_204 })
  requests!: number;
}

export function apiKeyDto(key: ApiKey, now: Date): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    permissions: [...key.permissions],
    allowedIps: [...key.allowedIps],
    ...(key.rateLimit !== null && { rateLimit: key.rateLimit }),
    ...(key.quota !== null && { quota: key.quota }),
    ...(key.lastUsedAt !== null && { lastUsedAt: key.lastUsedAt.toISOString() }),
    expiresAt: key.expiresAt.toISOString(),
    isActive: isActive(key, now),
    createdAt: key.createdAt.toISOString(),
  };
}

export function madeApiKeyDto({ apiKey, key }: MadeApiKey, now: Date): MadeApiKeyDto {
  return { ...apiKeyDto(apiKey, now), key };
}
