import { Schema, type Types } from 'mongoose';
import type { RegistrationAttempt } from './registration-attempt.js';

export type RegistrationAttemptDocument = Omit<RegistrationAttempt, 'id'> & { _id: Types.ObjectId };

export const RegistrationAttemptModelName = 'RegistrationAttempt';

export const RegistrationAttemptSchema = new Schema<RegistrationAttemptDocument>(
  {
    email: { type: String, required: true },
    name: { type: String, required: true },
    passwordHash: { type: String, required: true },
    ip: { type: String, required: true },
    createdAt: { type: Date, required: true },
    expireAt: { type: Date, required: true },
  },
  { collection: 'registrations', versionKey: false },
);

// Another mail for an address, and the end of its attempts: {email}, the latest first. Not unique, on purpose.
RegistrationAttemptSchema.index({ email: 1, createdAt: -1 }, { name: 'email' });
// No query: the database drops what has expired.
RegistrationAttemptSchema.index({ expireAt: 1 }, { name: 'expiry', expireAfterSeconds: 0 });
