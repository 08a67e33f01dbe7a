import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';

export class MailedTokenDto {
  @ApiProperty({
    minLength: 1,
    maxLength: 256,
    example: 'q7n0mJw5mXz1c0o2Yw8u3mHk4sYc9vQk5b1tF6rLx0A',
    description: "What stands behind '#token=' in the mailed link.",
  })
  @IsString()
  @Length(1, 256)
  token!: string;
}
