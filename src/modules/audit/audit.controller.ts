import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../http/access.decorators.js';
import type { Answer } from '../../http/answer.js';
import { ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { AuditService } from './audit.service.js';
import { AuditEntryDto, auditEntryDto } from './dto/audit-entry.dto.js';
import { filterOf, ListAuditQuery } from './dto/list-audit.query.js';

@ApiTags('audit')
@ApiBearerAuth()
@Controller('audit')
export class AuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly lists: ListRequests,
  ) {}

  @Get()
  @RequirePermission('audit:read')
  @ApiOperation({ summary: 'Who did what to whom, newest first; read on by cursor' })
  @ApiListAnswer(AuditEntryDto, { message: 'Audit entries retrieved', cursorOnly: true })
  @ApiFailures({ 400: 'VALIDATION_FAILED, INVALID_CURSOR' })
  async list(@Query() query: ListAuditQuery): Promise<Answer<AuditEntryDto[]>> {
    // Without a cursor, too: a trail that only grows at its head has no numbered pages.
    const request = this.lists.read<'at'>('audit', { ...query, cursor: query.cursor ?? '' }, 'at');
    const list = await this.audit.list(filterOf(query), request);
    return this.lists.answer('Audit entries retrieved', list, request, auditEntryDto);
  }
}
