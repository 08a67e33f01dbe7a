import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsUrl, Max, MaxLength, Min } from 'class-validator';
import { IsFreeText } from '../../../http/is-free-text.js';
import { NotNull } from '../../../http/not-null.js';

export class UpdateUserDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 100, example: 'Ada King' })
  @NotNull()
  @IsFreeText({ maxLength: 100 })
  name?: string;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 0,
    maximum: 150,
    description: 'null clears.',
  })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(150)
  age?: number | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    format: 'uri',
    maxLength: 2048,
    example: 'https://example.com/ada.png',
    description: 'An http or https address. null clears.',
  })
  @IsOptional()
  @MaxLength(2048)
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  profileImage?: string | null;
}
