import { Schema, type Types } from 'mongoose';

export interface LoginCodeDocument {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  /** HMAC-SHA256 of user and code, in hexadecimal digits: without the key a million codes are soon tried. */
  hash: string;
  tries: number;
  createdAt: Date;
  expireAt: Date;
}

export const LoginCodeModelName = 'LoginCode';

export const LoginCodeSchema = new Schema<LoginCodeDocument>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    hash: { type: String, required: true },
    tries: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'loginCodes', versionKey: false },
);

// The code of a user: {userId}. A newer one takes the place of the older.
LoginCodeSchema.index({ userId: 1 }, { name: 'user', unique: true });
// No query: the database drops what has expired.
LoginCodeSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
