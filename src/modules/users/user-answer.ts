import type { FastifyReply } from 'fastify';
import { answer, type Answer } from '../../http/answer.js';
import { etagOf } from '../../http/revision.js';
import { knownUserDto, type UserDto } from './user.dto.js';
import type { SafeUser } from './user.types.js';

/** One user in the envelope, with the ETag of this version. */
export function userAnswer(message: string, user: SafeUser, reply: FastifyReply): Answer<UserDto> {
  reply.header('ETag', etagOf(user.revision));
  return answer(message, knownUserDto(user));
}
