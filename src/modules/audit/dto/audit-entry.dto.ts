import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { auditActions, type AuditAction } from '../audit-action.js';
import {
  auditActorTypes,
  auditOutcomes,
  auditTargetTypes,
  type AuditActor,
  type AuditChanges,
  type AuditEntry,
  type AuditOutcome,
  type AuditTarget,
} from '../audit-entry.js';

class AuditActorDto {
  @ApiProperty({ enum: auditActorTypes, example: 'user' })
  type!: AuditActor['type'];

  @ApiProperty({
    example: '66f0c1e2a4b5c6d7e8f90001',
    description: 'Of anonymous, the address it came from.',
  })
  id!: string;
}

class AuditTargetDto {
  @ApiProperty({ enum: auditTargetTypes, example: 'user' })
  type!: AuditTarget['type'];

  @ApiProperty({
    example: '66f0c1e2a4b5c6d7e8f90123',
    description: 'Of account the e-mail address, of route its method and pattern, of queue its name.',
  })
  id!: string;
}

export class AuditEntryDto {
  @ApiProperty({ example: '66f0c1e2a4b5c6d7e8f90124' })
  id!: string;

  @ApiProperty({ format: 'date-time', example: '2026-03-01T09:00:00.000Z' })
  at!: string;

  @ApiProperty()
  actor!: AuditActorDto;

  @ApiProperty({ enum: auditActions, example: 'user.suspended' })
  action!: AuditAction;

  @ApiProperty()
  target!: AuditTargetDto;

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
