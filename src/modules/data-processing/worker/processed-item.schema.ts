import { Schema, type Types } from 'mongoose';

/** One item that a job of the type process-items has taken in. */
export interface ProcessedItemDocument {
  _id: Types.ObjectId;
  jobId: Types.ObjectId;
  /** Its place in the job's list; counts from 0. */
  index: number;
  item: unknown;
  processedAt: Date;
}

export const ProcessedItemModelName = 'ProcessedItem';

export const ProcessedItemSchema = new Schema<ProcessedItemDocument>(
  {
    jobId: { type: Schema.Types.ObjectId, required: true },
    index: { type: Number, required: true },
    item: { type: Schema.Types.Mixed },
    processedAt: { type: Date, required: true },
  },
  { collection: 'processedItems', versionKey: false, minimize: false },
);

// What a job has taken in, in its order: {jobId} sorted by index.
ProcessedItemSchema.index({ jobId: 1, index: 1 }, { name: 'job_index' });
