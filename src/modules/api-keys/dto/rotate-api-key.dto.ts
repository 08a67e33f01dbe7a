import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { NotNull } from '../../../http/not-null.js';

export class RotateApiKeyDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: 168,
    default: 24,
    example: 24,
    description: 'How long the old key goes on working, at most until its own end. 0 ends it at once.',
  })
  @NotNull()
  @IsInt()
  @Min(0)
  @Max(168)
  overlapHours?: number;
}
