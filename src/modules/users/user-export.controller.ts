import { Readable } from 'node:stream';
import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../http/access.decorators.js';
import { ApiFailures } from '../../http/api-answer.decorator.js';
import { inContext } from '../../http/in-context.js';
import { Produces } from '../../http/produces.js';
import { ExportQuery } from './dto/export.query.js';
import { writtenFormats } from './user-export-format.js';
import { UserExportService } from './user-export.service.js';

const mediaTypes = ['application/json', 'application/x-ndjson', 'text/csv'] as const;

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/export')
export class UserExportController {
  constructor(private readonly exports: UserExportService) {}

  @Get()
  @RequirePermission('users:export')
  @Produces(...mediaTypes)
  @ApiOperation({ summary: 'All users as a file, streamed' })
  @ApiProduces(...mediaTypes)
  @ApiOkResponse({
    description: 'The file: an array of users, a user a line, or a table. Not in the envelope.',
    schema: { type: 'string', format: 'binary' },
  })
  @ApiFailures({ 400: 'VALIDATION_FAILED' })
  async export(@Query() { format = 'json' }: ExportQuery, @Res() reply: FastifyReply): Promise<void> {
    const { mediaType, write } = writtenFormats[format];
    reply
      .header('Content-Type', mediaType)
      .header('Cache-Control', 'no-store')
      .header('Content-Disposition', `attachment; filename=users.${format}`);
    // Fastify would read a whole export for nobody.
    const text =
      reply.request.method === 'HEAD'
        ? []
        : write(await inContext(reply.request, () => this.exports.begin(format)));
    // Destroyed by Fastify when the client hangs up, which ends the iteration and with it the database's cursor.
    await reply.send(Readable.from(text, { objectMode: false }));
  }
}
