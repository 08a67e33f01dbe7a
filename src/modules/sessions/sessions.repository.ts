import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model } from 'mongoose';
import type { SessionId, UserId } from '../../common/ids.js';
import { SessionEntity } from './session.schema.js';
import type { Session } from './session.js';

/** All access to the collection `sessions`. Plain objects in, plain objects out. */
@Injectable()
export class SessionsRepository {
  constructor(@InjectModel('Session') private readonly sessions: Model<SessionEntity>) {}

  async insert({ id, userId, ...session }: Session): Promise<void> {
    await this.sessions.insertOne({
      _id: new Types.ObjectId(id),
      userId: new Types.ObjectId(userId),
      ...session,
    });
  }

  /** Whether the session exists, is this user's, and has not expired at `now`. */
  async isActive(id: SessionId, userId: UserId, now: Date): Promise<boolean> {
    const found = await this.sessions.exists({ _id: id, userId, expiresAt: trusted({ $gt: now }) });
    return found !== null;
  }

  async delete(id: SessionId, userId: UserId): Promise<boolean> {
    const { deletedCount } = await this.sessions.deleteOne({ _id: id, userId });
    return deletedCount === 1;
  }

  async deleteAllOf(userId: UserId): Promise<void> {
    await this.sessions.deleteMany({ userId });
  }
}
