import type { UserId } from '../../common/ids.js';

export interface Recipient {
  readonly id: UserId;
  readonly email: string;
  readonly name: string;
  readonly status: 'pending' | 'active' | 'suspended';
  readonly emailVerified: boolean;
  /** The address that they asked to have instead, until they prove that it is theirs. */
  readonly pendingEmail: string | null;
  /** The address that they had before. */
  readonly previousEmail: string | null;
}

/**
 * As a mail may call them. Whoever made the account chose the name: it is no word of the owner's until they have shown
 * that the address is theirs.
 */
export function addresseeOf(user: Recipient): Recipient {
  return user.emailVerified ? user : { ...user, name: '' };
}

/** Who a mail goes to. The users capability implements it; the worker binds the two. */
export abstract class RecipientDirectory {
  /** Null when the user is gone, so that nothing is sent. */
  abstract recipientOf(userId: UserId): Promise<Recipient | null>;
  /** Null when nobody has an account with the address. */
  abstract holderOf(email: string): Promise<Recipient | null>;
}
