import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { DependencyHealth, HealthReport } from '../health.service.js';

class DependencyHealthDto implements DependencyHealth {
  @ApiProperty({ enum: ['up', 'down'] })
  status!: 'up' | 'down';

  @ApiProperty({ type: 'integer', example: 2, description: 'Milliseconds; 1500 at most.' })
  responseTime!: number;

  @ApiPropertyOptional({ example: 'no answer within 1500 ms' })
  message?: string;
}

class ChecksDto {
  @ApiProperty()
  database!: DependencyHealthDto;

  @ApiProperty()
  redis!: DependencyHealthDto;

  @ApiProperty()
  queue!: DependencyHealthDto;
}

class MemoryDto {
  @ApiProperty({ type: 'integer', example: 118_489_088, description: 'Bytes.' })
  rss!: number;

  @ApiProperty({ type: 'integer', example: 52_428_800, description: 'Bytes.' })
  heapTotal!: number;

  @ApiProperty({ type: 'integer', example: 41_943_040, description: 'Bytes.' })
  heapUsed!: number;
}

export class HealthReportDto implements HealthReport {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] })
  status!: 'healthy' | 'unhealthy';

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;

  @ApiProperty()
  checks!: ChecksDto;

  @ApiProperty({ example: 12.5, description: 'Seconds since the process began.' })
  uptime!: number;

  @ApiProperty()
  memory!: MemoryDto;
}
