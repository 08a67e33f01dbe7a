import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { jobIds, type JobId } from '../../common/ids.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { JobDto, jobDto } from './dto/job.dto.js';
import { QueuesService } from './queues.service.js';

@ApiTags('queues')
@ApiBearerAuth()
@Controller('queues')
export class QueuesController {
  constructor(private readonly queues: QueuesService) {}

  @Get(':queue/jobs/:id')
  @ApiOperation({ summary: 'One job and what it is doing' })
  @RequirePermission('queues:read', 'queues:enqueue')
  @ApiAnswer(JobDto, { message: 'Job found' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'JOB_NOT_FOUND, QUEUE_NOT_FOUND' })
  async getJob(
    @Param('queue') queue: string,
    @Param('id', idPipe(jobIds)) id: JobId,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<JobDto>> {
    return answer('Job found', jobDto(await this.queues.findJob(principal, queue, id)));
  }
}
