import { PartialType } from '@nestjs/swagger';
import { CreateRoleDto } from './create-role.dto.js';

/** Only what is named changes; `permissions` replaces the whole list. */
export class UpdateRoleDto extends PartialType(CreateRoleDto, { skipNullProperties: false }) {}
