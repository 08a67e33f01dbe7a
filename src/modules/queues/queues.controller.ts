import { Controller, Get, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiArrayAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { QueueDto } from './dto/queue.dto.js';
import { QueuesService } from './queues.service.js';

@ApiTags('queues')
@ApiBearerAuth()
@Controller('queues')
export class QueuesController {
  constructor(private readonly queues: QueuesService) {}

  @Get()
  @RequirePermission('queues:read')
  @ApiOperation({ summary: 'All queues with the number of their jobs in each state' })
  @ApiArrayAnswer(QueueDto, { message: 'Queues retrieved' })
  async list(): Promise<Answer<QueueDto[]>> {
    return answer('Queues retrieved', await this.queues.overview());
  }

  @Post(':queue/pause')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Take no more jobs of this queue; those that run are finished' })
  @ApiAnswer(null, { message: 'Queue paused' })
  @ApiFailures({ 404: 'QUEUE_NOT_FOUND' })
  async pause(@Param('queue') queue: string): Promise<Answer<null>> {
    await this.queues.pause(queue);
    return answer('Queue paused', null);
  }

  @Post(':queue/resume')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Take jobs of this queue again' })
  @ApiAnswer(null, { message: 'Queue resumed' })
  @ApiFailures({ 404: 'QUEUE_NOT_FOUND' })
  async resume(@Param('queue') queue: string): Promise<Answer<null>> {
    await this.queues.resume(queue);
    return answer('Queue resumed', null);
  }
}
