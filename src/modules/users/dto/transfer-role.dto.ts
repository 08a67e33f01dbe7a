import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

const id = /^[0-9a-f]{24}$/;
const message = '$property must be 24 hexadecimal digits';

export class TransferRoleDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012345678', description: 'The role that is taken.' })
  @Matches(id, { message })
  fromRoleId!: string;

  @ApiProperty({ example: '665f1c2e9b1e8a0012345680', description: 'The role that is given for it.' })
  @Matches(id, { message })
  toRoleId!: string;
}
