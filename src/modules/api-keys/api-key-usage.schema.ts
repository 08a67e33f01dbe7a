import { Schema, type Types } from 'mongoose';

/** How often a key was used on one day. */
export interface ApiKeyUsageDocument {
  /** '<id of the key>:<day>'. */
  _id: string;
  keyId: Types.ObjectId;
  /** In UTC, e.g. '2026-03-09'. */
  day: string;
  requests: number;
  expireAt: Date;
}

export const ApiKeyUsageModelName = 'ApiKeyUsage';

export const ApiKeyUsageSchema = new Schema<ApiKeyUsageDocument>(
  {
    _id: { type: String, required: true },
    keyId: { type: Schema.Types.ObjectId, required: true },
    day: { type: String, required: true },
    requests: { type: Number, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'apiKeyUsage', versionKey: false },
);

// One key's days, in their order.
ApiKeyUsageSchema.index({ keyId: 1, day: 1 }, { name: 'key_day' });
// No query: the database drops what nobody may ask for any more.
ApiKeyUsageSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
