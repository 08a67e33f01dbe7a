import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { toUser, type StoredUser } from './user.mapper.js';
import { UserEntity } from './user.schema.js';
import type { User } from './user.types.js';

const batchSize = 200;

/** Reads the collection `users` from one end to the other. */
@Injectable()
export class UserExportRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  /**
   * All users in the order of their ids, in batches, their roles without names. Of a batch each user is made when it is
   * taken. The database's cursor is closed when the caller stops, wherever it stops.
   */
  async *batches(): AsyncGenerator<Iterable<User>> {
    const cursor = this.users.find().sort({ _id: 1 }).lean<StoredUser[]>().cursor({ batchSize });
    try {
      let batch: StoredUser[] = [];
      for await (const stored of cursor) {
        batch.push(stored);
        if (batch.length < batchSize) continue;
        yield usersOf(batch);
        batch = [];
      }
      if (batch.length > 0) yield usersOf(batch);
    } finally {
      await cursor.close();
    }
  }
}

function* usersOf(batch: readonly StoredUser[]): Generator<User> {
  for (const stored of batch) yield toUser(stored);
}
