import { Injectable } from '@nestjs/common';
import type { UserId } from '../../../common/ids.js';
import { RecipientDirectory, type Recipient } from '../../notifications/recipient-directory.js';
import { UsersRepository } from '../users.repository.js';

/** Tells the worker whom to write to: the address and name of this moment, not those of when the job was asked for. */
@Injectable()
export class UserRecipients extends RecipientDirectory {
  constructor(private readonly users: UsersRepository) {
    super();
  }

  recipientOf(userId: UserId): Promise<Recipient | null> {
    return this.users.findContact(userId);
  }
}
