import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { LoginProofDto } from '../../dto/login-proof.dto.js';

export class VerifyCodeDto extends LoginProofDto {
  @ApiProperty({ pattern: '^[0-9]{6}$', example: '012345', description: 'The six digits that were mailed.' })
  @Matches(/^\d{6}$/, { message: '$property must be six digits' })
  code!: string;
}
