import { IsIn, IsMongoId, IsString, Length } from 'class-validator';
import { jobType } from './job-type.js';

/** Carries no secret: the worker makes the token when it sends, and stores only its hash. */
export class InvitationMailPayload {
  @IsIn(['invitation'])
  template!: 'invitation';

  @IsMongoId()
  userId!: string;

  @IsString()
  @Length(1, 128)
  requestId!: string;
}

/** Asks somebody whom an administrator added to choose a password. */
export const invitationMail = jobType({
  name: 'invitation-mail',
  queue: 'email',
  payload: InvitationMailPayload,
  access: 'internal',
  shows: ['template', 'userId', 'requestId'],
  timeout: 60_000,
});
