import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { MailedTokenDto } from '../../dto/mailed-token.dto.js';

export class ResetPasswordDto extends MailedTokenDto {
  @ApiProperty({ minLength: 8, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @MaxLength(256)
  password!: string;
}
