import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { LoginProofDto } from './login-proof.dto.js';

export class LoginDto extends LoginProofDto {
  @ApiProperty({ minLength: 1, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @MinLength(1)
  @MaxLength(72)
  password!: string;
}
