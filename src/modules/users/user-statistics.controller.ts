import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiArrayAnswer } from '../../http/api-answer.decorator.js';
import { HttpCached } from '../../http/http-cache/http-cached.decorator.js';
import { defaultSample, RoleStatisticsDto, StatisticsQuery } from './dto/role-statistics.dto.js';
import { UserStatisticsService } from './user-statistics.service.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/stats')
export class UserStatisticsController {
  constructor(private readonly statistics: UserStatisticsService) {}

  // Boards ask every few seconds. The figures are kept where they are made, once for all; here only the sending is saved.
  @Get('by-role')
  @HttpCached({ name: 'user-statistics', ttl: 0 })
  @RequirePermission('users:read')
  @ApiOperation({
    summary: 'How many users hold each role, their average age, and some of them',
    description: 'Who is new may be missing for 10 s.',
  })
  @ApiArrayAnswer(RoleStatisticsDto, { message: 'User statistics retrieved' })
  async byRole(@Query() { sample = defaultSample }: StatisticsQuery): Promise<Answer<RoleStatisticsDto[]>> {
    const figures = await this.statistics.byRole(sample);
    return answer(
      'User statistics retrieved',
      figures.map(({ users, ...rest }) => ({ ...rest, users: [...users] })),
    );
  }
}
