import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { LeaseModelName, type LeaseDocument } from './lease.schema.js';

const longAgo = new Date(0);

/** Leases by the clock of the database, so that those of the processes need not agree. */
@Injectable()
export class LeasesRepository {
  constructor(@InjectModel(LeaseModelName) private readonly leases: Model<LeaseDocument>) {}

  /**
   * Takes the lease for `duration` milliseconds, or prolongs it for its holder. It is free when its time is over and,
   * unless `early`, only once it is due.
   * @returns whether `holder` has it now.
   */
  async take(
    name: string,
    holder: string,
    duration: number,
    { early }: { early: boolean },
  ): Promise<boolean> {
    const until = { $ifNull: ['$until', longAgo] };
    const dueAt = { $ifNull: ['$dueAt', longAgo] };
    const isFree = {
      $and: [{ $lte: [until, '$$NOW'] }, ...(early ? [] : [{ $lte: [dueAt, '$$NOW'] }])],
    };
    const mine = { $or: [isFree, { $and: [{ $eq: ['$holder', holder] }, { $gt: [until, '$$NOW'] }] }] };
    try {
      const lease = await this.leases
        .findOneAndUpdate(
          { _id: name },
          [
            {
              $set: {
                holder: { $cond: [mine, holder, '$holder'] },
                until: { $cond: [mine, { $add: ['$$NOW', duration] }, until] },
                dueAt,
              },
            },
          ],
          { upsert: true, returnDocument: 'after', updatePipeline: true },
        )
        .lean();
      return lease?.holder === holder;
    } catch (error) {
      // Two processes made the document at once: the other one has it.
      if (duplicateKeyFields(error) !== undefined) return false;
      throw error;
    }
  }

  /** Gives the lease up; it is due again in `pause` milliseconds. Does nothing when another holds it. */
  async release(name: string, holder: string, pause: number): Promise<void> {
    await this.leases.updateOne(
      { _id: name, holder },
      [{ $set: { holder: '', until: '$$NOW', dueAt: { $add: ['$$NOW', pause] } } }],
      { updatePipeline: true },
    );
  }
}
