import type { RegistrationId } from '../../../common/ids.js';

/** What somebody gave to register. It becomes a user by its own token and by nothing else. */
export interface RegistrationAttempt {
  readonly id: RegistrationId;
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  /** From where it was made. */
  readonly ip: string;
  readonly createdAt: Date;
  readonly expireAt: Date;
}
