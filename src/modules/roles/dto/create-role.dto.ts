import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsString, Matches, MaxLength } from 'class-validator';
import { FreeText } from '../../../http/free-text.js';
import { NotNull } from '../../../http/not-null.js';

/** What an id looks like cannot be a name: roles are asked for by either. */
export const roleNameFormat = /^(?![0-9a-f]{24}$)[a-z][a-z0-9_-]{1,49}$/;
export const roleNameMessage =
  'name must be 2 to 50 of lower-case letters, digits, dash and underscore, begin with a letter and not look like an id';

export class CreateRoleDto {
  @ApiProperty({ minLength: 2, maxLength: 50, pattern: roleNameFormat.source, example: 'support' })
  @IsString()
  @MaxLength(50)
  @Matches(roleNameFormat, { message: roleNameMessage })
  name!: string;

  @ApiPropertyOptional({ maxLength: 200, default: '', example: 'Answers questions of users.' })
  @NotNull()
  @FreeText({ maxLength: 200, blank: true })
  description?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 200,
    default: [],
    example: ['users:read', 'users:update'],
    description: 'Names or ids of permissions, each at most 64 characters; you must hold all of them.',
  })
  @NotNull()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  permissions?: string[];
}
