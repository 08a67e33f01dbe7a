import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { Transport } from '../../sessions/session.js';
import { UserDto, userDto } from '../../users/user.dto.js';
import type { Login } from '../logins.service.js';

export class LoginAnswerDto {
  @ApiPropertyOptional({
    description: 'Goes into Authorization: Bearer <token>. Absent when the tokens are cookies.',
    example: 'eyJhbGciOiJFZERTQSJ9.e30.c2ln',
  })
  accessToken?: string;

  @ApiProperty({ type: 'integer', example: 600, description: 'Seconds until the access token ends.' })
  expiresIn!: number;

  @ApiPropertyOptional({
    description: 'Good once, for POST /api/auth/refresh. Absent when the tokens are cookies.',
    example: 'ZvDB4qS1xukPEjRWAAAAAKvN7xI0VniQq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQEjRWeJCrze8SNFZ4kKvN7w',
  })
  refreshToken?: string;

  @ApiProperty({ type: UserDto })
  user!: UserDto;
}

export function loginAnswerDto(
  { accessToken, expiresIn, refreshToken, user }: Login,
  transport: Transport,
): LoginAnswerDto {
  const shown = { expiresIn, user: userDto(user) };
  return transport === 'cookie' ? shown : { accessToken, refreshToken, ...shown };
}
