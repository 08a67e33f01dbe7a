import { Controller, Delete, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionIds, type SessionId } from '../../common/ids.js';
import { Authenticated } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { CurrentSession, type SessionPrincipal } from '../../http/current-session.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { ListRequests } from '../../http/list-requests.js';
import { SessionCookies } from '../../http/session-cookies.js';
import { ListSessionsQuery } from './dto/list-sessions.query.js';
import { SessionDto, sessionDto } from './dto/session.dto.js';
import { SessionsService } from './sessions.service.js';

@ApiTags('auth')
@ApiBearerAuth()
@Controller('auth/sessions')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly lists: ListRequests,
    private readonly cookies: SessionCookies,
  ) {}

  @Get()
  @Authenticated()
  @ApiOperation({ summary: 'Where you are logged in' })
  @ApiListAnswer(SessionDto, { message: 'Sessions retrieved' })
  @ApiFailures({ 400: 'VALIDATION_FAILED, INVALID_CURSOR' })
  async list(
    @Query() query: ListSessionsQuery,
    @CurrentSession() { userId, sessionId }: SessionPrincipal,
  ): Promise<Answer<SessionDto[]>> {
    const request = this.lists.read('sessions', query, 'createdAt');
    const list = await this.sessions.list(userId, request);
    return this.lists.answer('Sessions retrieved', list, request, (session) =>
      sessionDto(session, sessionId),
    );
  }

  @Delete(':id')
  @Authenticated()
  @ApiOperation({ summary: 'End one of your sessions: its tokens are refused from now on' })
  @ApiAnswer(null, { message: 'Session ended' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'SESSION_NOT_FOUND: also for a session of somebody else' })
  async end(
    @Param('id', idPipe(sessionIds)) id: SessionId,
    @CurrentSession() { userId, sessionId }: SessionPrincipal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Answer<null>> {
    await this.sessions.endOne(id, userId);
    if (id === sessionId) this.cookies.clear(request, reply);
    return answer('Session ended', null);
  }
}
