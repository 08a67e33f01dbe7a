import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

const includable = ['permissions'] as const;
export type Includable = (typeof includable)[number];

/** ?include=permissions, wherever users are shown. */
export const Include = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ enum: includable, description: 'Adds its permissions to each role.' }),
    IsOptional(),
    IsIn(includable),
  );

export class IncludeQuery {
  @Include()
  include?: Includable;
}
