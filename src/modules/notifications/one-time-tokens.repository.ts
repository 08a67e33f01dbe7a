import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import type { UserId } from '../../common/ids.js';
import { OneTimeTokenModelName, type OneTimeTokenDocument } from './one-time-token.schema.js';

export interface NewOneTimeToken {
  readonly purpose: OneTimeTokenDocument['purpose'];
  readonly userId: UserId;
  readonly hash: string;
  readonly createdAt: Date;
  readonly expireAt: Date;
}

@Injectable()
export class OneTimeTokensRepository {
  constructor(@InjectModel(OneTimeTokenModelName) private readonly tokens: Model<OneTimeTokenDocument>) {}

  async insert({ userId, ...token }: NewOneTimeToken): Promise<void> {
    await this.tokens.insertMany([{ ...token, userId: new Types.ObjectId(userId) }]);
  }
}
