import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { NotNull } from '../../../http/not-null.js';

export class RefreshDto {
  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 512,
    example: 'ZvDB4qS1xukPEjRWAAAAAKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQEjRWeJCrze8SNFZ4kKvN7w',
    description: 'Absent in a browser, whose cookie is taken instead.',
  })
  @NotNull()
  @IsString()
  @MinLength(1)
  @MaxLength(512)
  refreshToken?: string;
}
