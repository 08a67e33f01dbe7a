import { ApiProperty } from '@nestjs/swagger';
import { IsId } from '../../../http/is-id.js';

export class TransferRoleDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678', description: 'The role that is taken.' })
  @IsId()
  fromRoleId!: string;

  @ApiProperty({ example: '665f1c2e9b1e8a0012345680', description: 'The role that is given for it.' })
  @IsId()
  toRoleId!: string;
}
