import { ApiProperty } from '@nestjs/swagger';
import { UserDto, userDto } from '../../users/user.dto.js';
import type { Login } from '../logins.service.js';

export class LoginAnswerDto {
  @ApiProperty({
    description: 'Goes into Authorization: Bearer <token>.',
    example: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
  })
  accessToken!: string;

  @ApiProperty({ type: 'integer', example: 600, description: 'Seconds until the token ends.' })
  expiresIn!: number;

  @ApiProperty({ type: UserDto })
  user!: UserDto;
}

export function loginAnswerDto({ accessToken, expiresIn, user }: Login): LoginAnswerDto {
  return { accessToken, expiresIn, user: userDto(user) };
}
