import { Schema, type Types } from 'mongoose';
import type { AuditEntry } from './audit-entry.js';

export type AuditEntryDocument = AuditEntry & { _id: Types.ObjectId };

export const AuditEntryModelName = 'AuditEntry';

const reference = { type: { type: String, required: true }, id: { type: String, required: true } };

export const AuditEntrySchema = new Schema<AuditEntryDocument>(
  {
    at: { type: Date, required: true },
    actor: { type: new Schema(reference, { _id: false, id: false }), required: true },
    action: { type: String, required: true },
    target: { type: new Schema(reference, { _id: false, id: false }), required: true },
    outcome: { type: String, required: true },
    changes: { type: Schema.Types.Mixed, required: true },
    ip: { type: String, default: null },
    requestId: { type: String, default: null },
    count: { type: Number, required: true },
  },
  { collection: 'auditEntries', versionKey: false, minimize: false },
);

// The list in its order and its keyset pages.
AuditEntrySchema.index({ at: -1, _id: -1 }, { name: 'at' });
