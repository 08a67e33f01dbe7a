import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { IsAddress } from '../../../http/is-address.js';
import { NotNull } from '../../../http/not-null.js';

export class LoginDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @MinLength(1)
  @MaxLength(72)
  password!: string;

  @ApiPropertyOptional({
    enum: ['cookie'],
    description: 'Sets the tokens as cookies instead of answering with them; needs X-CSRF-Token.',
  })
  @NotNull()
  @IsIn(['cookie'])
  transport?: 'cookie';
}
