import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { FreeText } from '../../../../http/free-text.js';
import { IsAddress } from '../../../../http/is-address.js';

export class RegisterDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 8, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @MaxLength(256)
  password!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Ada Lovelace' })
  @FreeText({ maxLength: 100 })
  name!: string;
}
