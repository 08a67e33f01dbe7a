import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, IsOptional, IsUrl, Matches, Max, MaxLength, Min } from 'class-validator';
import { withoutInvisible } from '../../../http/invisible.js';
import { FreeText } from '../../../http/free-text.js';
import { NotNull } from '../../../http/not-null.js';
import type { PartialUser } from '../user.types.js';

export class UpdateUserDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 100, example: 'Ada King' })
  @NotNull()
  @FreeText({ maxLength: 100 })
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
    description: 'An https address. null clears.',
  })
  @IsOptional()
  @MaxLength(2048)
  @Matches(withoutInvisible, { message: '$property must not contain invisible characters' })
  @IsUrl({ protocols: ['https'], require_protocol: true, require_tld: false })
  profileImage?: string | null;
}

/** Only what was sent: a field that was left out is an own property of the instance all the same. */
export function changesOf({ name, age, profileImage }: UpdateUserDto): PartialUser {
  return {
    ...(name !== undefined && { name }),
    ...(age !== undefined && { age }),
    ...(profileImage !== undefined && { profileImage }),
  };
}
