import { IsIn, IsMongoId, IsString, Length } from 'class-validator';
import { jobType } from './job-type.js';

export class ApiKeyExpiryMailPayload {
  @IsIn(['api-key-expiry'])
  template!: 'api-key-expiry';

  @IsMongoId()
  userId!: string;

  @IsMongoId()
  keyId!: string;

  @IsString()
  @Length(1, 128)
  requestId!: string;
}

/** Tells the owner of an API key that it ends soon. */
export const apiKeyExpiryMail = jobType({
  name: 'api-key-expiry-mail',
  queue: 'email',
  payload: ApiKeyExpiryMailPayload,
  access: 'internal',
  shows: ['template', 'userId', 'keyId', 'requestId'],
  timeout: 60_000,
});
