import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, type Model } from 'mongoose';
import { duplicateKeyFields } from '../../../infrastructure/mongo/database-errors.js';
import { CodeFailuresModelName, type CodeFailuresDocument } from './code-failures.schema.js';

const day = 24 * 60 * 60 * 1_000;

/** All access to the collection `codeFailures`: how often a wrong code was given for an address in a day. */
@Injectable()
export class CodeFailuresRepository {
  constructor(@InjectModel(CodeFailuresModelName) private readonly counts: Model<CodeFailuresDocument>) {}

  /** Counts one in advance, so that those at the same moment do not all pass. False when the day's are spent. */
  async reserve(email: string, most: number, now: Date): Promise<boolean> {
    const _id = idOf(email);
    // The database drops a past day's count with a delay.
    await this.counts.deleteOne({ _id, expireAt: trusted({ $lte: now }) });
    try {
      await this.counts.updateOne(
        { _id, failures: trusted({ $lt: most }) },
        { $inc: { failures: 1 }, $setOnInsert: { expireAt: new Date(now.getTime() + day) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      // The count is there and full, so that the upsert tried to make a second one. Or two were the first at once.
      if (duplicateKeyFields(error) === undefined) throw error;
      const { modifiedCount } = await this.counts.updateOne(
        { _id, failures: trusted({ $lt: most }) },
        { $inc: { failures: 1 } },
      );
      return modifiedCount === 1;
    }
  }

  async refund(email: string): Promise<void> {
    await this.counts.updateOne({ _id: idOf(email) }, { $inc: { failures: -1 } });
  }
}

function idOf(email: string): string {
  return createHash('sha256').update(email).digest('hex');
}
