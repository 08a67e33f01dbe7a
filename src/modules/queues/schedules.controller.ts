import { Body, Controller, Delete, Get, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DomainError } from '../../common/domain-error.js';
import type { Principal } from '../../common/principal.js';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiAnswer, ApiArrayAnswer, ApiFailures } from '../../http/api-answer.decorator.js';
import { CurrentPrincipal } from '../../http/current-principal.decorator.js';
import { definitionOf, PutScheduleDto, ScheduleDto, scheduleDto } from './dto/schedule.dto.js';
import { SchedulesService } from './schedules.service.js';

/** Clients choose it: 'weekly-report'. */
const scheduleId = {
  transform: (id: string): string => {
    if (/^[a-z0-9][a-z0-9-]{0,63}$/.test(id)) return id;
    const message = 'Schedule id must be 1 to 64 lower-case letters, digits and dashes';
    throw new DomainError('invalid', 'INVALID_ID', message);
  },
};

@ApiTags('queues')
@ApiBearerAuth()
@Controller('queues/:queue/schedules')
export class SchedulesController {
  constructor(private readonly schedules: SchedulesService) {}

  @Get()
  @RequirePermission('queues:read')
  @ApiOperation({ summary: 'The schedules of a queue, with their next runs' })
  @ApiArrayAnswer(ScheduleDto, { message: 'Schedules retrieved' })
  @ApiFailures({ 404: 'QUEUE_NOT_FOUND' })
  async list(@Param('queue') queue: string): Promise<Answer<ScheduleDto[]>> {
    return answer('Schedules retrieved', (await this.schedules.list(queue)).map(scheduleDto));
  }

  @Put(':id')
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Make or change a schedule' })
  @ApiAnswer(ScheduleDto, { message: 'Schedule saved' })
  @ApiFailures({
    400: 'VALIDATION_FAILED, INVALID_ID, INVALID_SCHEDULE, UNKNOWN_JOB_TYPE, INVALID_JOB_DATA',
    403: 'FORBIDDEN, JOB_TYPE_INTERNAL',
    404: 'QUEUE_NOT_FOUND',
    409: 'TOO_MANY_SCHEDULES',
    413: 'JOB_TOO_LARGE',
  })
  async put(
    @Param('queue') queue: string,
    @Param('id', scheduleId) id: string,
    @Body() body: PutScheduleDto,
    @CurrentPrincipal() principal: Principal,
  ): Promise<Answer<ScheduleDto>> {
    if ((body.pattern === undefined) === (body.every === undefined)) {
      const message = 'give either pattern or every';
      throw new DomainError('invalid', 'VALIDATION_FAILED', message, {
        errors: [{ path: 'pattern', message }],
      });
    }
    const schedule = await this.schedules.put(principal, queue, id, definitionOf(body));
    return answer('Schedule saved', scheduleDto(schedule));
  }

  @Delete(':id')
  @RequirePermission('queues:manage')
  @ApiOperation({ summary: 'Delete a schedule; jobs that it has made stay' })
  @ApiAnswer(null, { message: 'Schedule deleted' })
  @ApiFailures({ 400: 'INVALID_ID', 404: 'QUEUE_NOT_FOUND, SCHEDULE_NOT_FOUND' })
  async delete(@Param('queue') queue: string, @Param('id', scheduleId) id: string): Promise<Answer<null>> {
    await this.schedules.delete(queue, id);
    return answer('Schedule deleted', null);
  }
}
