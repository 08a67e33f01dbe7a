import { Schema } from 'mongoose';

export interface KeptAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text, so that it comes back as it went, to the order of its fields. */
  readonly body: string;
}

export interface IdempotencyKeyDocument {
  /** A hash of who asked and of their key. */
  _id: string;
  /** A hash of what was asked. */
  fingerprint: string;
  /** Who is about it: each attempt has another. */
  claim: string;
  /** By the database's clock: from then on another attempt may begin. */
  leaseUntil: Date;
  answer: KeptAnswer | null;
  expireAt: Date;
}

export const IdempotencyKeyModelName = 'IdempotencyKey';

const answer = new Schema<KeptAnswer>(
  {
    statusCode: { type: Number, required: true },
    headers: { type: Schema.Types.Mixed, required: true },
    body: { type: String, required: true },
  },
  { _id: false, id: false, minimize: false },
);

/** Found by its _id alone. */
export const IdempotencyKeySchema = new Schema<IdempotencyKeyDocument>(
  {
    _id: { type: String, required: true },
    fingerprint: { type: String, required: true },
    claim: { type: String, required: true },
    leaseUntil: { type: Date, required: true },
    answer: { type: answer, default: null },
    expireAt: { type: Date, required: true },
  },
  { collection: 'idempotencyKeys', versionKey: false },
);

// No query: the database drops what nobody may send again any more.
IdempotencyKeySchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
