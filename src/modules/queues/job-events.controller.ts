import { Controller, Get, Headers, HttpStatus, Param, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { jobIds, type JobId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { EventStreams, type EventStream } from '../../http/event-streams.js';
import { idPipe } from '../../http/id.pipe.js';
import { Produces } from '../../http/produces.js';
import { isOver } from '../../jobs/events/job-change.js';
import { JobEvents } from '../../jobs/events/job-events.js';
import type { JobView } from '../../jobs/job-ledger.js';
import { jobDto } from './dto/job.dto.js';
import { QueuesService } from './queues.service.js';

@ApiTags('queues')
@ApiBearerAuth()
@Controller('queues/:queue/jobs')
export class JobEventsController {
  constructor(
    private readonly queues: QueuesService,
    private readonly events: JobEvents,
    private readonly streams: EventStreams,
  ) {}

  @Get(':id/events')
  @Produces('text/event-stream')
  @RequirePermission('queues:read', 'queues:enqueue')
  @ApiOperation({ summary: 'What becomes of a job, as it happens' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Browsers send it when they reconnect.' })
  @ApiResponse({
    status: 200,
    description:
      'Events snapshot (first, the whole job), progress ({progress, note?}), completed, failed, dead, cancelled (the whole job).',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 204, description: 'The last event has been received: nothing follows.' })
  @ApiFailures({
    400: 'INVALID_ID',
    404: 'JOB_NOT_FOUND, QUEUE_NOT_FOUND',
    429: 'TOO_MANY_STREAMS: a user has at most 1000 open in a process',
    503: 'TOO_MANY_STREAMS: the process has 5000 open, or ends',
  })
  async follow(
    @Param('queue') queue: string,
    @Param('id', idPipe(jobIds)) id: JobId,
    @CurrentPrincipal() principal: Principal,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const job = await this.queues.findJob(principal, queue, id);
    if (isOver(job.status) && lastEventId === lastIdOf(job)) {
      void reply.code(HttpStatus.NO_CONTENT).send();
      return;
    }
    this.tell(job, this.streams.open(reply, principal));
  }

  private tell(job: JobView, stream: EventStream): void {
    let count = 0;
    const idOf = (now: JobView) => (isOver(now.status) ? lastIdOf(now) : `${now.generation}-${++count}`);
    stream.send({ id: `${job.generation}-0`, event: 'snapshot', data: jobDto(job) });
    if (isOver(job.status)) {
      stream.send({ id: lastIdOf(job), event: job.status.status, data: jobDto(job) });
      stream.end();
      return;
    }
    const unfollow = this.events.follow(job, (change, now) => {
      const data = change === 'progress' ? progressOf(now) : jobDto(now);
      stream.send({ id: idOf(now), event: change, data });
      if (isOver(now.status)) stream.end();
    });
    stream.onClose(unfollow);
  }
}

/** The id of the event after which none follows. */
function lastIdOf({ generation }: JobView): string {
  return `${generation}-end`;
}

function progressOf({ progress, status }: JobView): { progress: number; note?: string } {
  const note = status.status === 'processing' ? status.note : undefined;
  return { progress, ...(note !== undefined && { note }) };
}
