import { Schema } from 'mongoose';

export interface CodeFailuresDocument {
  /** SHA-256 of the address: those without an account are counted too, and need not be kept in the clear. */
  _id: string;
  failures: number;
  /** A day after the first failure. */
  expireAt: Date;
}

export const CodeFailuresModelName = 'CodeFailures';

export const CodeFailuresSchema = new Schema<CodeFailuresDocument>(
  {
    _id: { type: String, required: true },
    failures: { type: Number, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'codeFailures', versionKey: false },
);

// No query: the database drops the counts of past days.
CodeFailuresSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
