import { Schema, type Types } from 'mongoose';

export interface OneTimeTokenDocument {
  _id: Types.ObjectId;
  purpose: 'invitation';
  userId: Types.ObjectId;
  /** SHA-256 of the token, in hexadecimal digits: 256 random bits need no slower hash. */
  hash: string;
  createdAt: Date;
  expireAt: Date;
}

export const OneTimeTokenModelName = 'OneTimeToken';

export const OneTimeTokenSchema = new Schema<OneTimeTokenDocument>(
  {
    purpose: { type: String, enum: ['invitation'], required: true },
    userId: { type: Schema.Types.ObjectId, required: true },
    hash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'oneTimeTokens', versionKey: false },
);

// Use of a token: {hash, purpose}. Two tokens never share a hash.
OneTimeTokenSchema.index({ hash: 1 }, { name: 'hash', unique: true });
// After a use, all tokens of that user and purpose go: {userId, purpose}.
OneTimeTokenSchema.index({ userId: 1, purpose: 1 }, { name: 'user_purpose' });
// No query: the database drops expired tokens.
OneTimeTokenSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
