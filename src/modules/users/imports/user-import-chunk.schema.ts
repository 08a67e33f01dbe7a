import { Schema, type Types } from 'mongoose';
import type { ImportCounts, ImportedRow } from './user-import.js';

export interface UserImportChunkDocument {
  _id: Types.ObjectId;
  importId: Types.ObjectId;
  number: number;
  /** The rows as JSON, because a client's field names need not be the database's; null once they are taken in. */
  rows: string | null;
  counts: ImportCounts | null;
  results: ImportedRow[];
  expireAt: Date;
}

export const UserImportChunkModelName = 'UserImportChunk';

export const UserImportChunkSchema = new Schema<UserImportChunkDocument>(
  {
    importId: { type: Schema.Types.ObjectId, required: true },
    number: { type: Number, required: true },
    rows: { type: String, default: null },
    counts: { type: Schema.Types.Mixed, default: null },
    results: { type: Schema.Types.Mixed, default: [] },
    expireAt: { type: Date, required: true },
  },
  { collection: 'userImportChunks', versionKey: false, minimize: false },
);

// A chunk of an import, and all of them in order.
UserImportChunkSchema.index({ importId: 1, number: 1 }, { name: 'import', unique: true });
// No query: the database drops them with their import.
UserImportChunkSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
