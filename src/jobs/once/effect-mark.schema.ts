import { Schema, type Types } from 'mongoose';

/** Says that an effect has happened; written in the effect's own transaction. */
export interface EffectMarkDocument {
  /** The scope: '<job id>' or '<job id>/<part>'. */
  _id: string;
  jobId: Types.ObjectId;
  at: Date;
}

export const EffectMarkModelName = 'EffectMark';

export const EffectMarkSchema = new Schema<EffectMarkDocument>(
  {
    _id: { type: String, required: true },
    jobId: { type: Schema.Types.ObjectId, required: true },
    at: { type: Date, required: true },
  },
  { collection: 'effectMarks', versionKey: false },
);

// The clearing away of old marks: {at: < some time}, in the order of at and _id.
EffectMarkSchema.index({ at: 1, _id: 1 }, { name: 'age' });
