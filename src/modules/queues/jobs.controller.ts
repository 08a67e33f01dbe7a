import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { jobIds, type JobId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { ListRequests } from '../../http/list-requests.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { AcceptedJobDto, ApiEnqueueBody, EnqueueJobDto } from './dto/enqueue-job.dto.js';
import { JobDto, jobDto } from './dto/job.dto.js';
import { ListJobsQuery } from './dto/list-jobs.query.js';
import { EnqueuingService } from './enqueuing.service.js';
import { QueuesService } from './queues.service.js';

@ApiTags('queues')
@ApiBearerAuth()
@Controller('queues/:queue/jobs')
export class JobsController {
  constructor(
    private readonly queues: QueuesService,
    private readonly enqueuing: EnqueuingService,
    private readonly lists: ListRequests,
  ) {}

  @Post()
  @Idempotent()
  @HttpCode(HttpStatus.ACCEPTED)
  @RequirePermission('queues:enqueue')
  @ApiOperation({ summary: 'Ask for a job of a public type' })
  @ApiEnqueueBody()
  @ApiAnswer(AcceptedJobDto, { status: 202, message: 'Job accepted' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, UNKNOWN_JOB_TYPE, INVALID_JOB_DATA, INVALID_RUN_TIME',
    403: 'FORBIDDEN, JOB_TYPE_INTERNAL',
    404: 'QUEUE_NOT_FOUND',
    413: 'JOB_TOO_LARGE',
  })
  async enqueue(
    @Param('queue') queue: string,
    @Body() { runAt, ...order }: EnqueueJobDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<AcceptedJobDto>> {
    const accepted = await this.enqueuing.enqueue(principal, queue, {
      ...order,
      ...(runAt !== undefined && { runAt: new Date(runAt) }),
    });
    return answer('Job accepted', accepted);
  }

  @Get()
  @ApiOperation({ summary: 'The jobs of a queue; only your own where you may enqueue and not read' })
  @RequirePermission('queues:read', 'queues:enqueue')
  @ApiListAnswer(JobDto, { message: 'Jobs retrieved' })
  @ApiFailures({ 400: 'VALIDATION_FAILED, INVALID_CURSOR', 404: 'QUEUE_NOT_FOUND' })
  async list(
    @Param('queue') queue: string,
    @Query() query: ListJobsQuery,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<JobDto[]>> {
    const request = this.lists.read('jobs', query, 'createdAt');
    const list = await this.queues.listJobs(principal, queue, query.state, request);
    return this.lists.answer('Jobs retrieved', list, request, jobDto);
  }

  @Delete(':id')
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Cancel a job: one that waits is removed, one that runs is told to stop' })
  @ApiAnswer(null, { message: 'Job cancelled' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'JOB_NOT_FOUND, QUEUE_NOT_FOUND', 409: 'JOB_OVER' })
  async cancel(@Param('queue') queue: string, @Param('id', idPipe(jobIds)) id: JobId): Promise<Answer<null>> {
    await this.queues.cancelJob(queue, id);
    return answer('Job cancelled', null);
  }

  @Post(':id/retry')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Try a job again that is dead, or waits for its next attempt' })
  @ApiAnswer(null, { message: 'Job requeued successfully' })
  @ApiFailures({
    400: 'INVALID_ID',
    404: 'JOB_NOT_FOUND, QUEUE_NOT_FOUND',
    409: 'JOB_NOT_FAILED',
    503: 'QUEUE_UNAVAILABLE: Redis is away, and with it what waits for its next attempt',
  })
  async retry(@Param('queue') queue: string, @Param('id', idPipe(jobIds)) id: JobId): Promise<Answer<null>> {
    await this.queues.retryJob(queue, id);
    return answer('Job requeued successfully', null);
  }

  @Get(':id')
  @ApiOperation({ summary: 'One job and what it is doing' })
  @RequirePermission('queues:read', 'queues:enqueue')
  @ApiAnswer(JobDto, { message: 'Job found' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'JOB_NOT_FOUND, QUEUE_NOT_FOUND' })
  async get(
    @Param('queue') queue: string,
    @Param('id', idPipe(jobIds)) id: JobId,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<JobDto>> {
    return answer('Job found', jobDto(await this.queues.findJob(principal, queue, id)));
  }
}
