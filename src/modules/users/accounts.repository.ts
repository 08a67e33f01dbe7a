import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model, type UpdateQuery } from 'mongoose';
import { userIds, type UserId } from '../../common/ids.js';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import type { FormerPassword } from './password-history.js';
import { UserEntity } from './user.schema.js';
import type { User } from './user.types.js';
import { DuplicateEmailError } from './users.repository.js';

/** How a user is written to. */
export type Contact = Pick<User, 'id' | 'email' | 'name' | 'status' | 'emailVerified'> & {
  readonly pendingEmail: string | null;
  readonly previousEmail: string | null;
};

export type Passwords = Pick<User, 'email' | 'emailVerified' | 'name' | 'status' | 'passwordHash'> & {
  readonly history: readonly FormerPassword[];
};

const contactFields = 'email name status emailVerified +pendingEmail +previousEmail';

/** What authentication reads and changes of the collection `users`. */
@Injectable()
export class AccountsRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  async findContact(by: { id: UserId } | { email: string }): Promise<Contact | null> {
    const filter = 'id' in by ? { _id: by.id } : { email: by.email };
    const found = await this.users.findOne(filter, contactFields).lean();
    if (found === null) return null;
    const { _id, email, name, status, emailVerified, pendingEmail, previousEmail } = found;
    return {
      id: userIds.parse(_id.toHexString()),
      email,
      name,
      status,
      emailVerified,
      pendingEmail: pendingEmail ?? null,
      previousEmail: previousEmail ?? null,
    };
  }

  async findPasswords(id: UserId): Promise<Passwords | null> {
    const found = await this.users
      .findById(id, 'email emailVerified name status +passwordHash +passwordHistory')
      .lean();
    if (found === null) return null;
    const { email, emailVerified, name, status, passwordHash, passwordHistory } = found;
    return { email, emailVerified, name, status, passwordHash, history: passwordHistory ?? [] };
  }

  /** False when the password has been changed since `expected` was read, or the user is gone or suspended. */
  async replacePassword(
    id: UserId,
    expected: string | null,
    { passwordHash, history }: { passwordHash: string; history: readonly FormerPassword[] },
    proven: { emailVerified: boolean },
  ): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(
      { _id: id, passwordHash: expected, status: trusted({ $ne: 'suspended' }) },
      {
        $set: {
          passwordHash,
          passwordHistory: [...history],
          // Whoever knew the old password may have asked for another address.
          pendingEmail: null,
          ...(proven.emailVerified && { status: 'active', emailVerified: true }),
        },
        $inc: { revision: 1 },
      },
    );
    return matchedCount === 1;
  }

  /** False when the user is gone, suspended, or has another address by now. */
  async verifyEmail(id: UserId, email: string): Promise<boolean> {
    return this.change(id, { email }, { $set: { emailVerified: true }, $inc: { revision: 1 } });
  }

  async setPendingEmail(id: UserId, email: string): Promise<boolean> {
    return this.change(id, {}, { $set: { pendingEmail: email } });
  }

  /**
   * False when the user is gone, suspended, or wants another address by now.
   * @throws DuplicateEmailError when somebody has taken the address since.
   */
  async changeEmail(id: UserId, from: string, to: string): Promise<boolean> {
    return this.change(
      id,
      { email: from, pendingEmail: to },
      {
        $set: { email: to, emailVerified: true, previousEmail: from, pendingEmail: null },
        $inc: { revision: 1 },
      },
    ).catch((error: unknown) => {
      if (duplicateKeyFields(error)?.includes('email') !== true) throw error;
      throw new DuplicateEmailError('the e-mail address is taken', { cause: error });
    });
  }

  private async change(
    id: UserId,
    condition: { email?: string; pendingEmail?: string },
    update: UpdateQuery<UserEntity>,
  ): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(
      { _id: id, ...condition, status: trusted({ $ne: 'suspended' }) },
      update,
    );
    return matchedCount === 1;
  }
}
