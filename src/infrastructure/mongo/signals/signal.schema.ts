import { Schema, type Types } from 'mongoose';
import { signalKinds, type Signal } from './signal.js';

export interface SignalDocument {
  _id: Types.ObjectId;
  kind: Signal['kind'];
  /** The id of what it is about, in hexadecimal digits. */
  id: string;
  /** The database's clock when it was written: the processes' clocks need not agree. */
  at: Date;
  /** From then on nothing can be remembered that it would have to end. */
  exp: Date;
}

export const SignalModelName = 'Signal';

export const SignalSchema = new Schema<SignalDocument>(
  {
    kind: { type: String, enum: signalKinds, required: true },
    id: { type: String, required: true },
    at: { type: Date, required: true },
    exp: { type: Date, required: true },
  },
  { collection: 'signals', versionKey: false, id: false },
);

// What every process polls: what is newer than its last look.
SignalSchema.index({ at: 1 }, { name: 'at' });
// No query: the database drops what has done its work.
SignalSchema.index({ exp: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
