import { Schema, type Types } from 'mongoose';
import { tokenLifetimes, type TokenPurpose } from './one-time-token.js';

export interface OneTimeTokenDocument {
  _id: Types.ObjectId;
  purpose: TokenPurpose;
  /** The user, or with the purpose 'registration' the attempt. */
  subject: Types.ObjectId;
  /** Where it was sent. */
  email: string;
  /** SHA-256 of the token, in hexadecimal digits: 256 random bits need no slower hash. */
  hash: string;
  createdAt: Date;
  expireAt: Date;
}

export const OneTimeTokenModelName = 'OneTimeToken';

export const OneTimeTokenSchema = new Schema<OneTimeTokenDocument>(
  {
    purpose: { type: String, enum: Object.keys(tokenLifetimes), required: true },
    subject: { type: Schema.Types.ObjectId, required: true },
    email: { type: String, required: true },
    hash: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'oneTimeTokens', versionKey: false },
);

// Use of a token: {hash}. Two tokens never share a hash.
OneTimeTokenSchema.index({ hash: 1 }, { name: 'hash', unique: true });
// After a use, all tokens of that subject and purpose go: {subject, purpose}.
OneTimeTokenSchema.index({ subject: 1, purpose: 1 }, { name: 'subject_purpose' });
// No query: the database drops expired tokens.
OneTimeTokenSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
