import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo, trusted, Types, type Model } from 'mongoose';
import { UserEntity } from '../user.schema.js';
import type { NewUser } from '../user.types.js';
import { DuplicateEmailError } from '../users.repository.js';

const duplicateKey = 11_000;

/** Users by the hundred. */
@Injectable()
export class ImportedUsersRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  /** Those of the addresses that somebody has. */
  async taken(emails: readonly string[]): Promise<Set<string>> {
    const found = await this.users
      .find({ email: trusted({ $in: [...emails] }) }, 'email')
      .batchSize(1_000)
      .lean();
    return new Set(found.map(({ email }) => email));
  }

  /** @throws DuplicateEmailError when one of the addresses is taken. */
  async insert(users: readonly NewUser[]): Promise<void> {
    try {
      await this.users.insertMany(
        users.map(({ id, ...user }) => ({
          ...user,
          _id: new Types.ObjectId(id),
          roles: user.roles.map((role) => new Types.ObjectId(role)),
        })),
      );
    } catch (error) {
      // The driver's bulk errors do not say which index refused; the ids are new.
      if (error instanceof mongo.MongoServerError && error.code === duplicateKey) {
        throw new DuplicateEmailError('an e-mail address is taken', { cause: error });
      }
      throw error;
    }
  }
}
