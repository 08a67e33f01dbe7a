import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import type { JobId } from '../../../common/ids.js';
import { ProcessedItemModelName, type ProcessedItemDocument } from './processed-item.schema.js';

@Injectable()
export class ProcessedItemsRepository {
  constructor(@InjectModel(ProcessedItemModelName) private readonly items: Model<ProcessedItemDocument>) {}

  /** `first` is the place of the first of them in the job's list. */
  async insert(job: JobId, first: number, items: readonly unknown[]): Promise<void> {
    const processedAt = new Date();
    const jobId = new Types.ObjectId(job);
    await this.items.insertMany(
      items.map((item, offset) => ({ jobId, index: first + offset, item, processedAt })),
    );
  }
}
