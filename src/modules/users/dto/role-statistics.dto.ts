import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { WholeNumber } from '../../../http/whole-number.js';

export const defaultSample = 20;

export class StatisticsQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 100,
    default: defaultSample,
    description: 'How many users of each role are named at most.',
  })
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(100)
  sample?: number;
}

class NamedUserDto {
  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({ format: 'email', example: 'ada@example.com' })
  email!: string;
}

export class RoleStatisticsDto {
  @ApiProperty({ example: 'manager' })
  role!: string;

  @ApiProperty({ type: 'integer', example: 12 })
  totalUsers!: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 36.25,
    description: 'null when nobody tells an age.',
  })
  averageAge!: number | null;

  @ApiProperty({ type: [NamedUserDto], description: 'The newest.' })
  users!: NamedUserDto[];
}
