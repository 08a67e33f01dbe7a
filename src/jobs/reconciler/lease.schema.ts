import { Schema } from 'mongoose';

/** Work that one process at a time should do, and when it is due again. All times are the database's. */
export interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
  dueAt: Date;
}

export const LeaseModelName = 'Lease';

// No index but that of _id: every query names the lease.
export const LeaseSchema = new Schema<LeaseDocument>(
  {
    _id: { type: String, required: true },
    holder: { type: String, required: true },
    until: { type: Date, required: true },
    dueAt: { type: Date, required: true },
  },
  { collection: 'leases', versionKey: false },
);
