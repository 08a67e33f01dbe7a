import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { ListQuery } from '../../../http/list-query.dto.js';
import { IsFreeText } from '../../../http/is-free-text.js';
import { Include, type Includable } from './include.query.js';
import { userSortFields, type UserSortField } from '../user.types.js';
import { userStatuses, type UserStatus } from '../user-status.js';

const booleans = ['true', 'false'] as const;

export class ListUsersQuery extends ListQuery<UserSortField> {
  @ApiPropertyOptional({ enum: userSortFields, default: 'createdAt' })
  @IsOptional()
  @IsIn(userSortFields)
  sortBy?: UserSortField;

  @ApiPropertyOptional({ enum: userStatuses })
  @IsOptional()
  @IsIn(userStatuses)
  status?: UserStatus;

  @ApiPropertyOptional({ maxLength: 64, example: 'admin', description: 'The name or the id of a role.' })
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  role?: string;

  @ApiPropertyOptional({
    maxLength: 100,
    example: 'lovelace',
    description: 'Words of the name or the address; with an @, the beginning of an address.',
  })
  @IsOptional()
  @IsFreeText({ maxLength: 100 })
  search?: string;

  @ApiPropertyOptional({ enum: booleans, default: 'false', description: 'Needs users:restore.' })
  @IsOptional()
  @IsIn(booleans)
  includeDeleted?: (typeof booleans)[number];

  @Include()
  include?: Includable;
}
