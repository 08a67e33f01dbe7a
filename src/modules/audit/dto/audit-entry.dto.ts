import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { auditActions, type AuditAction } from '../audit-action.js';
import { auditOutcomes, type AuditChanges, type AuditEntry, type AuditOutcome } from '../audit-entry.js';

class AuditReferenceDto {
  @ApiProperty({ example: 'user' })
  type!: string;

  @ApiProperty({ example: '66f0c1e2a4b5c6d7e8f90123' })
  id!: string;
}

export class AuditEntryDto {
  @ApiProperty({ example: '66f0c1e2a4b5c6d7e8f90124' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty({ description: 'type: user, apiKey, anonymous (id is the address) or system.' })
  actor!: AuditReferenceDto;

  @ApiProperty({ enum: auditActions, example: 'user.suspended' })
  action!: AuditAction;

  @ApiProperty({ description: 'type: user, role, session, apiKey, account (id is the address) or route.' })
  target!: AuditReferenceDto;

  @ApiProperty({ enum: auditOutcomes, example: 'success' })
  outcome!: AuditOutcome;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'object', properties: { from: {}, to: {} } },
    example: { status: { from: 'active', to: 'suspended' } },
  })
  changes!: AuditChanges;

  @ApiProperty({ type: 'string', nullable: true, example: '203.0.113.7' })
  ip!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '0b6a5c1e-5d1c-4b7e-9a52-0d5a9f6f2c3b' })
  requestId!: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 2,
    example: 12,
    description: 'How many refusals or failures the entry stands for, when it is more than one.',
  })
  count?: number;
}

export function auditEntryDto({ at, count, ...entry }: AuditEntry): AuditEntryDto {
  const { id, actor, action, target, outcome, changes, ip, requestId } = entry;
  return {
    id,
    at: at.toISOString(),
    actor,
    action,
    target,
    outcome,
    changes,
    ip,
    requestId,
    ...(count > 1 && { count }),
  };
}
