import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model } from 'mongoose';
import { registrationIds, userIds } from '../../common/ids.js';
import { OneTimeTokenModelName, type OneTimeTokenDocument } from './one-time-token.schema.js';
import type { TokenProof, TokenPurpose } from './one-time-token.js';

export type NewOneTimeToken = TokenProof & {
  readonly hash: string;
  readonly createdAt: Date;
  readonly expireAt: Date;
};

@Injectable()
export class OneTimeTokensRepository {
  constructor(@InjectModel(OneTimeTokenModelName) private readonly tokens: Model<OneTimeTokenDocument>) {}

  async insert({ subject, ...token }: NewOneTimeToken): Promise<void> {
    await this.tokens.insertMany([{ ...token, subject: new Types.ObjectId(subject) }]);
  }

  async find(hash: string, now: Date): Promise<TokenProof | null> {
    const found = await this.tokens.findOne({ hash, expireAt: trusted({ $gt: now }) }).lean();
    return found && proofOf(found);
  }

  /** False when it is gone already: of two who use it at once one succeeds. */
  async delete(hash: string): Promise<boolean> {
    const { deletedCount } = await this.tokens.deleteOne({ hash });
    return deletedCount === 1;
  }

  async deleteAllOf(subject: string, purposes: readonly TokenPurpose[]): Promise<void> {
    await this.tokens.deleteMany({ subject, purpose: trusted({ $in: [...purposes] }) });
  }
}

function proofOf({ purpose, subject, email }: OneTimeTokenDocument): TokenProof {
  const id = subject.toHexString();
  return purpose === 'registration'
    ? { purpose, subject: registrationIds.parse(id), email }
    : { purpose, subject: userIds.parse(id), email };
}
