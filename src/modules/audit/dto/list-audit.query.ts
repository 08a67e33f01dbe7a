import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { DomainError } from '../../../common/domain-error.js';
import { CursorQuery } from '../../../http/list-query.dto.js';
import { auditActions, type AuditAction } from '../audit-action.js';
import type { AuditFilter } from '../audit-entry.js';

/** RFC 3339, or a date alone; whether there is such a day is asked later. */
const isoDate =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d))?$/;
const format = { message: '$property must be an ISO-8601 date with its zone, e.g. 2026-03-01T09:00:00Z' };

export class ListAuditQuery extends CursorQuery {
  @ApiPropertyOptional({
    maxLength: 128,
    example: '66f0c1e2a4b5c6d7e8f90123',
    description: 'The id of who acted: a user, an API key, or the address of somebody unknown.',
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(128)
  actor?: string;

  @ApiPropertyOptional({ enum: auditActions })
  @IsOptional()
  @IsIn(auditActions)
  action?: AuditAction;

  @ApiPropertyOptional({
    maxLength: 320,
    example: '66f0c1e2a4b5c6d7e8f90123',
    description: 'The id of what was acted on; of an account its address, of a route its method and pattern.',
  })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(320)
  target?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The earliest moment, included.' })
  @IsOptional()
  @Matches(isoDate, format)
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The last moment, included.' })
  @IsOptional()
  @Matches(isoDate, format)
  to?: string;
}

/** @throws DomainError invalid / VALIDATION_FAILED for a day that does not exist, and a span that ends before it begins. */
export function filterOf({ actor, action, target, from, to }: ListAuditQuery): AuditFilter {
  const span = {
    ...(from !== undefined && { from: dateOf('from', from) }),
    ...(to !== undefined && { to: dateOf('to', to) }),
  };
  if (span.from !== undefined && span.to !== undefined && span.from > span.to) {
    throw refuse('from', 'from must not be later than to');
  }
  return {
    ...span,
    ...(actor !== undefined && { actor }),
    ...(action !== undefined && { action }),
    ...(target !== undefined && { target }),
  };
}

function dateOf(path: string, text: string): Date {
  const date = new Date(text);
  // The 31st of February is the 3rd of March to JavaScript.
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || day.toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw refuse(path, `${path} is no day of the calendar`);
  }
  return date;
}

function refuse(path: string, message: string): DomainError {
  return new DomainError('invalid', 'VALIDATION_FAILED', 'Validation failed', {
    errors: [{ path, message }],
  });
}
