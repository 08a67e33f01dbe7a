import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';

export class ChangePasswordDto {
  @ApiProperty({ minLength: 1, maxLength: 72, example: 'Correct-Horse-7-Battery' })
  @IsString()
  @Length(1, 256)
  currentPassword!: string;

  @ApiProperty({ minLength: 8, maxLength: 72, example: 'Another-Horse-8-Battery' })
  @IsString()
  @MaxLength(256)
  newPassword!: string;
}
