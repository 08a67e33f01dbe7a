import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { IsAddress } from '../../../http/is-address.js';

export class LoginDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @MinLength(1)
  @MaxLength(72)
  password!: string;
}
