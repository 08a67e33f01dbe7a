import { Injectable } from '@nestjs/common';
import type { UserId } from '../../../common/ids.js';
import { RecipientDirectory, type Recipient } from '../../notifications/recipient-directory.js';
import { AccountsRepository } from '../accounts.repository.js';

/** Tells the worker whom to write to: the address and name of this moment, not those of when the job was asked for. */
@Injectable()
export class UserRecipients extends RecipientDirectory {
  constructor(private readonly accounts: AccountsRepository) {
    super();
  }

  recipientOf(id: UserId): Promise<Recipient | null> {
    return this.accounts.findContact({ id });
  }

  holderOf(email: string): Promise<Recipient | null> {
    return this.accounts.findContact({ email });
  }
}
