import type { RegistrationId, UserId } from '../../common/ids.js';

const minute = 60_000;
const hour = 60 * minute;

/** Milliseconds that a token of each purpose lives. */
export const tokenLifetimes = {
  invitation: 7 * 24 * hour,
  'password-reset': 30 * minute,
  registration: 24 * hour,
  'email-verification': 24 * hour,
  'email-change': 24 * hour,
} as const;

/** What a token proves the right to. 'registration' speaks of an attempt, every other of a user. */
export type TokenPurpose = keyof typeof tokenLifetimes;

interface Proof<Purpose extends TokenPurpose, Subject> {
  readonly purpose: Purpose;
  readonly subject: Subject;
  /** The address that the token was mailed to: who has the token reads what is sent there. */
  readonly email: string;
}

export type TokenProof =
  Proof<'registration', RegistrationId> | Proof<Exclude<TokenPurpose, 'registration'>, UserId>;
