import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { ListQuery } from '../../../http/list-query.dto.js';
import { sessionSortFields, type SessionSortField } from '../session.js';

export class ListSessionsQuery extends ListQuery<SessionSortField> {
  @ApiPropertyOptional({ enum: sessionSortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(sessionSortFields)
  sortBy?: SessionSortField;
}
