import type { UserId } from '../../common/ids.js';

export interface Recipient {
  readonly email: string;
  readonly name: string;
}

/** Who a mail goes to. The users capability implements it; the worker binds the two. */
export abstract class RecipientDirectory {
  /** Null when the user is gone, so that nothing is sent. */
  abstract recipientOf(userId: UserId): Promise<Recipient | null>;
}
