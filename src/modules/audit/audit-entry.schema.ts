import { Schema, type Types } from 'mongoose';
import type { AuditEntry } from './audit-entry.js';

export type AuditEntryDocument = Omit<AuditEntry, 'id'> & {
  _id: Types.ObjectId;
  /** When the entry may go. A field, and not a constant of the index: another retention needs no other index. */
  expireAt: Date;
};

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
    expireAt: { type: Date, required: true },
  },
  { collection: 'auditEntries', versionKey: false, minimize: false, id: false },
);

// The list in its order, its keyset pages, and a span of time: {at: $gte, $lte}.
AuditEntrySchema.index({ at: -1, _id: -1 }, { name: 'at' });
// What somebody did, newest first: {'actor.id': <id>}, with or without a span of time.
AuditEntrySchema.index({ 'actor.id': 1, at: -1, _id: -1 }, { name: 'actor' });
// What was done to somebody or something, newest first: {'target.id': <id>}.
AuditEntrySchema.index({ 'target.id': 1, at: -1, _id: -1 }, { name: 'target' });
// Every act of one kind, newest first: {action: <name>}.
AuditEntrySchema.index({ action: 1, at: -1, _id: -1 }, { name: 'action' });
// No query: the database drops what has been kept for long enough.
AuditEntrySchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });

/** Entries are added and read. The one thing that removes them is the database, by their age. */
function refuse(): never {
  throw new Error(
    'an audit entry is never changed or deleted: add another one that tells what happened since',
  );
}

AuditEntrySchema.pre(
  [
    'updateOne',
    'updateMany',
    'replaceOne',
    'findOneAndUpdate',
    'findOneAndReplace',
    'findOneAndDelete',
    'deleteOne',
    'deleteMany',
  ],
  { query: true, document: true },
  refuse,
);
AuditEntrySchema.pre('bulkWrite', refuse);
AuditEntrySchema.pre('save', function assertNew() {
  if (!this.isNew) refuse();
});
