import { Controller, Get, Param, Query, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { RequirePermission } from '../../../http/access.decorators.js';
import type { BoardFile } from './board-files.js';
import { BoardService } from './board.service.js';
import { SessionOnlyGuard } from './session-only.guard.js';

/** Everything from here; styles are written into elements by the page's own scripts. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' data:",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' 'unsafe-inline'",
].join(';');
/** Seconds. */
const year = 31_536_000;

/** A page for operators. There are no routes that change anything: that is done over REST. */
@ApiExcludeController()
@Controller('admin/queues')
@UseGuards(SessionOnlyGuard)
@RequirePermission('queues:read')
export class BoardController {
  constructor(private readonly board: BoardService) {}

  @Get()
  async home(@Query() _query: object, @Res() reply: FastifyReply): Promise<void> {
    await send(reply, await this.board.file('/'));
  }

  @Get('*')
  async inside(
    @Param('*') rest: string,
    @Query() query: Record<string, unknown>,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const path = `/${rest}`;
    if (!path.startsWith('/api/')) return send(reply, await this.board.file(path));
    const data = await this.board.data(path, query);
    await reply.header('Cache-Control', 'no-store').send(data);
  }
}

async function send(reply: FastifyReply, { mediaType, content, isImmutable }: BoardFile): Promise<void> {
  await reply
    .header('Content-Security-Policy', contentSecurityPolicy)
    .header('Cache-Control', isImmutable ? `private, max-age=${year}, immutable` : 'private, no-cache')
    .type(mediaType)
    .send(content);
}
