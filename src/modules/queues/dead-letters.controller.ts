import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DomainError } from '../../common/domain-error.js';
import { jobIds, type JobId } from '../../common/ids.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiFailures, ApiListAnswer } from '../../http/api-answer.decorator.js';
import { idPipe } from '../../http/id.pipe.js';
import { Idempotent } from '../../http/idempotency/idempotent.decorator.js';
import { ListRequests } from '../../http/list-requests.js';
import { DeadLettersService } from './dead-letters.service.js';
import { DeadLetterDto, deadLetterDto } from './dto/dead-letter.dto.js';
import { ListDeadLettersQuery, RequeuedDto, RetryDeadLettersDto } from './dto/dead-letters.query.js';

const requeued = 'Job requeued successfully';

@ApiTags('dead letters')
@ApiBearerAuth()
@Controller('dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLettersService,
    private readonly lists: ListRequests,
  ) {}

  @Get()
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Jobs that failed for good, the last first' })
  @ApiListAnswer(DeadLetterDto, { message: 'Dead letter jobs retrieved' })
  @ApiFailures({ 400: 'VALIDATION_FAILED, INVALID_CURSOR' })
  async list(@Query() query: ListDeadLettersQuery): Promise<Answer<DeadLetterDto[]>> {
    const { queue, name } = query;
    const request = this.lists.read('dead-letters', query, 'failedAt');
    const filter = { ...(queue !== undefined && { queue }), ...(name !== undefined && { name }) };
    const list = await this.letters.list(filter, request);
    return this.lists.answer('Dead letter jobs retrieved', list, request, deadLetterDto);
  }

  @Post('retry')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Try many of them again: up to 100 by id, or all of a queue' })
  @ApiAnswer(RequeuedDto, { message: requeued })
  @ApiFailures({ 400: 'VALIDATION_FAILED', 404: 'QUEUE_NOT_FOUND' })
  async retryMany(@Body() { ids, queue }: RetryDeadLettersDto): Promise<Answer<RequeuedDto>> {
    if (ids !== undefined && queue === undefined) {
      return answer(requeued, { requeued: await this.letters.retryMany(ids.map((id) => jobIds.parse(id))) });
    }
    if (queue !== undefined && ids === undefined) {
      return answer(requeued, { requeued: await this.letters.retryQueue(queue) });
    }
    const message = 'give either ids or queue';
    throw new DomainError('invalid', 'VALIDATION_FAILED', message, { errors: [{ path: 'ids', message }] });
  }

  @Get(':id')
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'One of them, with its error' })
  @ApiAnswer(DeadLetterDto, { message: 'Dead letter job found' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'DEAD_LETTER_NOT_FOUND' })
  async get(@Param('id', idPipe(jobIds)) id: JobId): Promise<Answer<DeadLetterDto>> {
    return answer('Dead letter job found', deadLetterDto(await this.letters.get(id)));
  }

  @Delete(':id')
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Forget it' })
  @ApiAnswer(null, { message: 'Dead letter job deleted' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'DEAD_LETTER_NOT_FOUND' })
  async delete(@Param('id', idPipe(jobIds)) id: JobId): Promise<Answer<null>> {
    await this.letters.delete(id);
    return answer('Dead letter job deleted', null);
  }

  @Post(':id/retry')
  @Idempotent()
  @HttpCode(HttpStatus.OK)
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Try it again, at high priority' })
  @ApiAnswer(null, { message: requeued })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'DEAD_LETTER_NOT_FOUND' })
  async retry(@Param('id', idPipe(jobIds)) id: JobId): Promise<Answer<null>> {
    await this.letters.retry(id);
    return answer(requeued, null);
  }
}
