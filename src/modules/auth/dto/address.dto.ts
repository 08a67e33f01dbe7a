import { ApiProperty } from '@nestjs/swagger';
import { IsAddress } from '../../../http/is-address.js';

/** Whose mailbox something is asked for. */
export class AddressDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsAddress()
  email!: string;
}
