import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { IsAddress } from '../../../../http/is-address.js';

export class ChangeEmailDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada.king@example.com' })
  @IsAddress()
  newEmail!: string;

  @ApiProperty({ minLength: 1, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @Length(1, 256)
  currentPassword!: string;
}
