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

/** The same for one who is found at once or later; a promise for each request would cost more than the answer. */
export function foundUserAnswer(
  message: string,
  user: SafeUser | Promise<SafeUser>,
  reply: FastifyReply,
): Answer<UserDto> | Promise<Answer<UserDto>> {
  return user instanceof Promise
    ? user.then((found) => userAnswer(message, found, reply))
    : userAnswer(message, user, reply);
}
