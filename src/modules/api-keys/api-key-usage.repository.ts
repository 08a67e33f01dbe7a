import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model } from 'mongoose';
import type { ApiKeyId } from '../../common/ids.js';
import { refusedWrites } from '../../infrastructure/mongo/database-errors.js';
import { ApiKeyModelName, type ApiKeyDocument } from './api-key.schema.js';
import { ApiKeyUsageModelName, type ApiKeyUsageDocument } from './api-key-usage.schema.js';
import type { DayOfUse } from './day-of-use.js';

/** Requests of one key on one day. */
export interface KeyUse {
  readonly keyId: ApiKeyId;
  readonly day: string;
  requests: number;
  lastUsedAt: Date;
}

const keptFor = 400 * 24 * 60 * 60 * 1_000;

/** The collection `apiKeyUsage`, and the time of the last use in `apiKeys`. */
@Injectable()
export class ApiKeyUsageRepository {
  constructor(
    @InjectModel(ApiKeyUsageModelName) private readonly usage: Model<ApiKeyUsageDocument>,
    @InjectModel(ApiKeyModelName) private readonly keys: Model<ApiKeyDocument>,
  ) {}

  /** @returns the uses that were not counted, to be added again. */
  async add(uses: readonly KeyUse[]): Promise<readonly KeyUse[]> {
    // First, because it may be repeated; the counts may not.
    await this.keys.bulkWrite(uses.map(lastUse), { ordered: false });
    return this.count(uses);
  }

  /** Days with requests, from `from` on, in their order. */
  async days(keyId: ApiKeyId, from: string): Promise<DayOfUse[]> {
    const found = await this.usage
      .find({ keyId, day: trusted({ $gte: from }) }, 'day requests')
      .sort({ day: 1 })
      .lean();
    return found.map(({ day, requests }) => ({ day, requests }));
  }

  private async count(batch: readonly KeyUse[]): Promise<readonly KeyUse[]> {
    try {
      await this.usage.bulkWrite(batch.map(increment), { ordered: false });
      return [];
    } catch (error) {
      // Two processes that begin a day at once may both try to insert it.
      const failed = refusedWrites(error);
      if (failed === undefined) throw error;
      return batch.filter((_, index) => failed.includes(index));
    }
  }
}

function lastUse({ keyId, lastUsedAt }: KeyUse) {
  return { updateOne: { filter: { _id: new Types.ObjectId(keyId) }, update: { $max: { lastUsedAt } } } };
}

function increment({ keyId, day, requests, lastUsedAt }: KeyUse) {
  const expireAt = new Date(lastUsedAt.getTime() + keptFor);
  return {
    updateOne: {
      filter: { _id: `${keyId}:${day}` },
      update: { $inc: { requests }, $setOnInsert: { keyId: new Types.ObjectId(keyId), day, expireAt } },
      upsert: true,
    },
  };
}
