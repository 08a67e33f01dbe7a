import { ApiProperty } from '@nestjs/swagger';

export class QueueDto {
  @ApiProperty({ example: 'email' })
  name!: string;

  @ApiProperty()
  isPaused!: boolean;

  @ApiProperty({
    type: Object,
    description: 'How many jobs there are in each state; each number is at most 10,000.',
    example: { pending: 3, scheduled: 0, processing: 1, completed: 42, failed: 0, dead: 0, cancelled: 0 },
  })
  jobs!: Readonly<Record<string, number>>;
}
