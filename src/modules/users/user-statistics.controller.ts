import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RequirePermission } from '../../http/access.decorators.js';
import { answer, type Answer } from '../../http/answer.js';
import { ApiArrayAnswer } from '../../http/api-answer.decorator.js';
import { defaultSample, RoleStatisticsDto, StatisticsQuery } from './dto/role-statistics.dto.js';
import { UserStatisticsService } from './user-statistics.service.js';

@ApiTags('users')
@ApiBearerAuth()
@Controller('users/stats')
export class UserStatisticsController {
  constructor(private readonly statistics: UserStatisticsService) {}

  @Get('by-role')
  @RequirePermission('users:read')
  @ApiOperation({ summary: 'How many users hold each role, their average age, and some of them' })
  @ApiArrayAnswer(RoleStatisticsDto, { message: 'User statistics retrieved' })
  async byRole(@Query() { sample = defaultSample }: StatisticsQuery): Promise<Answer<RoleStatisticsDto[]>> {
    const figures = await this.statistics.byRole(sample);
    return answer(
      'User statistics retrieved',
      figures.map(({ users, ...rest }) => ({ ...rest, users: [...users] })),
    );
  }
}
