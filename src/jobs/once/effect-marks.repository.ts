import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { Types, type Model } from 'mongoose';
import { jobIds, type JobId } from '../../common/ids.js';
import { EffectMarkModelName, type EffectMarkDocument } from './effect-mark.schema.js';

export interface EffectMark {
  readonly scope: string;
  readonly jobId: JobId;
  readonly at: Date;
}

@Injectable()
export class EffectMarksRepository {
  constructor(@InjectModel(EffectMarkModelName) private readonly marks: Model<EffectMarkDocument>) {}

  async has(scope: string): Promise<boolean> {
    return (await this.marks.exists({ _id: scope })) !== null;
  }

  /** True when this call made the mark, false when it was there. */
  async add(scope: string, jobId: JobId): Promise<boolean> {
    const { upsertedCount } = await this.marks.updateOne(
      { _id: scope },
      { $setOnInsert: { jobId: new Types.ObjectId(jobId), at: new Date() } },
      { upsert: true },
    );
    return upsertedCount === 1;
  }

  /** Marks older than `before`, the oldest first, after `after`. */
  async findOld(before: Date, after: EffectMark | undefined, limit: number): Promise<EffectMark[]> {
    const documents = await this.marks
      .find({
        at: mongoose.trusted({ $lt: before, ...(after && { $gte: after.at }) }),
        ...(after && {
          $or: [{ at: mongoose.trusted({ $gt: after.at }) }, { _id: mongoose.trusted({ $gt: after.scope }) }],
        }),
      })
      .sort({ at: 1, _id: 1 })
      .limit(limit)
      .batchSize(limit)
      .lean();
    return documents.map(({ _id, jobId, at }) => ({
      scope: _id,
      jobId: jobIds.parse(jobId.toHexString()),
      at,
    }));
  }

  async remove(scopes: readonly string[]): Promise<void> {
    await this.marks.deleteMany({ _id: mongoose.trusted({ $in: [...scopes] }) });
  }
}
