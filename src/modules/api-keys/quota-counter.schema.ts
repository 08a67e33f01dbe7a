import { Schema } from 'mongoose';

/** Requests that count against a quota in one period: what was flushed from the processes that counted them. */
export interface QuotaCounterDocument {
  /** '<id of the quota>:<period>'. */
  _id: string;
  used: number;
  expireAt: Date;
}

export const QuotaCounterModelName = 'QuotaCounter';

export const QuotaCounterSchema = new Schema<QuotaCounterDocument>(
  {
    _id: { type: String, required: true },
    used: { type: Number, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'quotaCounters', versionKey: false },
);

// No query: the database drops the counters of periods that are over. All other questions name the counter.
QuotaCounterSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
