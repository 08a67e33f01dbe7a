import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { QuotaCounterModelName, type QuotaCounterDocument } from './quota-counter.schema.js';

@Injectable()
export class QuotaCountersRepository {
  constructor(@InjectModel(QuotaCounterModelName) private readonly counters: Model<QuotaCounterDocument>) {}

  async used(name: string): Promise<number> {
    const found = await this.counters.findById(name, 'used').lean();
    return found?.used ?? 0;
  }

  /** @returns the sum with them. */
  async add(name: string, requests: number, expireAt: Date): Promise<number> {
    try {
      return await this.increment(name, requests, expireAt);
    } catch (error) {
      // Another process inserted it at the same moment: now it is there.
      if (duplicateKeyFields(error) === undefined) throw error;
      return this.increment(name, requests, expireAt);
    }
  }

  private async increment(name: string, requests: number, expireAt: Date): Promise<number> {
    const counter = await this.counters
      .findOneAndUpdate(
        { _id: name },
        { $inc: { used: requests }, $setOnInsert: { expireAt } },
        { upsert: true, returnDocument: 'after' },
      )
      .lean();
    return counter.used;
  }
}
