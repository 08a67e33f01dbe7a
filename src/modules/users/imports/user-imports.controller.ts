import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { userImportIds, type UserImportId } from '../../../common/ids.js';
import type { Principal } from '../../../common/principal.js';
import { RequirePermission } from '../../../http/access.decorators.js';
import { Answer, answer } from '../../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../../http/api-answer.decorator.js';
import { BodyLimits } from '../../../http/body-limits.js';
import { CurrentPrincipal } from '../../../http/current-principal.decorator.js';
import { idPipe } from '../../../http/id.pipe.js';
import { Idempotent } from '../../../http/idempotency/idempotent.decorator.js';
import { pagePagination } from '../../../http/list-requests.js';
import { AcceptedImportDto, ImportProgressDto, importProgressDto } from './import-answer.dto.js';
import { importItemsPipe } from './import-items.pipe.js';
import { ImportRowsQuery, ImportUsersDto } from './import-users.dto.js';
import { UserImportsService } from './user-imports.service.js';

const megabyte = 1024 * 1024;

@ApiTags('users')
@ApiBearerAuth()
@Controller('users')
export class UserImportsController {
  constructor(private readonly imports: UserImportsService) {}

  @Post('import')
  @HttpCode(HttpStatus.ACCEPTED)
  @Idempotent()
  @RequirePermission('users:create')
  @BodyLimits({ bytes: 4 * megabyte, values: 100_000 })
  @ApiOperation({ summary: 'Make many users, each with an invitation; up to 10,000 rows and 4 MB' })
  @ApiBody({ type: ImportUsersDto })
  @ApiAnswer(AcceptedImportDto, { status: 202, message: 'Import accepted' })
  @ApiFailures({
    400: 'VALIDATION_FAILED',
    403: 'FORBIDDEN or PERMISSION_NOT_HELD',
    413: 'PAYLOAD_TOO_LARGE',
  })
  async accept(
    @Body(importItemsPipe) items: unknown[],
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<AcceptedImportDto>> {
    return answer('Import accepted', await this.imports.accept(principal, items));
  }

  @Get('imports/:id')
  @RequirePermission('users:create')
  @ApiOperation({ summary: 'How far an import of yours is, and what became of its rows' })
  @ApiAnswer(ImportProgressDto, { message: 'Import found', paged: true })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'IMPORT_NOT_FOUND' })
  async progress(
    @Param('id', idPipe(userImportIds)) id: UserImportId,
    @Query() { page = 1, limit = 10, outcome }: ImportRowsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<ImportProgressDto>> {
    const request = { page, limit, ...(outcome !== undefined && { outcome }) };
    const progress = await this.imports.progress(principal, id, request);
    return new Answer('Import found', importProgressDto(progress), pagePagination(progress.rows));
  }
}
