import { IsIn, IsMongoId, IsOptional, IsString, Length } from 'class-validator';
import { jobType } from './job-type.js';

/** What the service writes to those who would like an account. */
export const registrationMailTemplates = ['registration', 'registration-reminder'] as const;
export type RegistrationMailTemplate = (typeof registrationMailTemplates)[number];

/** What the service writes to those who have one. */
export const userMailTemplates = [
  'invitation',
  'email-verification',
  'password-reset',
  'login-code',
  'email-change',
  'email-change-notice',
  'email-changed-notice',
  'api-key-rotated-notice',
] as const;
export type UserMailTemplate = (typeof userMailTemplates)[number];

/** Carries no secret and no address: the worker makes the token or code when it sends, and stores only its hash. */
export class AccountMailPayload {
  @IsIn([...registrationMailTemplates, ...userMailTemplates])
  template!: RegistrationMailTemplate | UserMailTemplate;

  /** Of a mail to a user. Perhaps nobody's: then nothing is sent. */
  @IsOptional()
  @IsMongoId()
  userId?: string;

  /** Of a mail about a registration. */
  @IsOptional()
  @IsMongoId()
  registrationId?: string;

  @IsString()
  @Length(1, 128)
  requestId!: string;
}

export const accountMail = jobType({
  name: 'account-mail',
  queue: 'email',
  payload: AccountMailPayload,
  access: 'internal',
  shows: ['template', 'userId', 'registrationId', 'requestId'],
  timeout: 60_000,
});
