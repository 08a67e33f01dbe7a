import { Schema, type Types } from 'mongoose';
import type { UserImport } from './user-import.js';

export interface UserImportDocument extends Omit<UserImport, 'id' | 'importer' | 'jobId' | 'roles'> {
  _id: Types.ObjectId;
  importer: Types.ObjectId;
  jobId: Types.ObjectId;
  roles: Types.ObjectId[];
  expireAt: Date;
}

export const UserImportModelName = 'UserImport';

export const UserImportSchema = new Schema<UserImportDocument>(
  {
    importer: { type: Schema.Types.ObjectId, required: true },
    actor: {
      type: new Schema({ type: { type: String }, id: { type: String } }, { _id: false, id: false }),
      required: true,
    },
    jobId: { type: Schema.Types.ObjectId, required: true },
    roles: { type: [Schema.Types.ObjectId], required: true },
    total: { type: Number, required: true },
    chunks: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'userImports', versionKey: false },
);

// No query: the database drops imports that nobody asks about any more.
UserImportSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
