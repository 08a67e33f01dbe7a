import { ApiProperty } from '@nestjs/swagger';
import type { SessionId } from '../../../common/ids.js';
import type { Session } from '../session.js';

export class SessionDto {
  @ApiProperty({ example: '66f0c1e2a4b5c6d7e8f90123' })
  id!: string;

  @ApiProperty({ example: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' })
  device!: string;

  @ApiProperty({ example: '203.0.113.7', description: 'Where it was last refreshed from.' })
  ip!: string;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', description: 'When it last got new tokens.' })
  lastUsedAt!: string;

  @ApiProperty({ description: 'Whether this request belongs to it.' })
  current!: boolean;
}

export function sessionDto(session: Session, current: SessionId): SessionDto {
  return {
    id: session.id,
    device: session.device,
    ip: session.ip,
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: session.lastUsedAt.toISOString(),
    current: session.id === current,
  };
}
