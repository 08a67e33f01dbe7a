import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model } from 'mongoose';
import type { UserId } from '../../../common/ids.js';
import { LoginCodeModelName, type LoginCodeDocument } from './login-code.schema.js';

/** All access to the collection `loginCodes`. */
@Injectable()
export class LoginCodesRepository {
  constructor(@InjectModel(LoginCodeModelName) private readonly codes: Model<LoginCodeDocument>) {}

  /** Takes the place of the user's code before. */
  async replace(userId: UserId, code: { hash: string; createdAt: Date; expireAt: Date }): Promise<void> {
    await this.codes.updateOne({ userId }, { $set: { ...code, tries: 0 } }, { upsert: true });
  }

  /** Counts a try and gives the hash to compare; null without a code that may be tried at `now`. */
  async takeTry(userId: UserId, mostTries: number, now: Date): Promise<string | null> {
    const found = await this.codes
      .findOneAndUpdate(
        { userId, tries: trusted({ $lt: mostTries }), expireAt: trusted({ $gt: now }) },
        { $inc: { tries: 1 } },
        { projection: 'hash' },
      )
      .lean();
    return found?.hash ?? null;
  }

  /** False when it is gone or replaced: of two who use it at once one succeeds. */
  async delete(userId: UserId, hash: string): Promise<boolean> {
    const { deletedCount } = await this.codes.deleteOne({ userId, hash });
    return deletedCount === 1;
  }

  async deleteAllOf(userId: UserId): Promise<void> {
    await this.codes.deleteMany({ userId });
  }
}
