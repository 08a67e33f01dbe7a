import { Schema, type Types } from 'mongoose';
import type { PermissionName, Quota, RateLimit } from '../../common/principal.js';

export interface ApiKeyDocument {
  _id: Types.ObjectId;
  userId: Types.ObjectId;
  name: string;
  prefix: string;
  /** '<version of the pepper>:<HMAC-SHA256 of the key in base64url>'. */
  hash: string;
  permissions: PermissionName[];
  allowedIps: string[];
  rateLimit: RateLimit | null;
  quota: Quota | null;
  quotaId: Types.ObjectId;
  lastUsedAt: Date | null;
  expiresAt: Date;
  lifetime: number;
  endedAt: Date | null;
  rotatedTo: Types.ObjectId | null;
  /** When its owner was told that it ends soon. */
  warnedAt: Date | null;
  /** When the use of this key after its rotation was last written into the audit. */
  oldUseNotedAt: Date | null;
  revision: number;
  createdAt: Date;
}

export const ApiKeyModelName = 'ApiKey';

const keptAfterExpiry = 90 * 24 * 60 * 60;

const rateLimit = {
  limit: { type: Number, required: true },
  windowSeconds: { type: Number, required: true },
};
const quota = { limit: { type: Number, required: true }, period: { type: String, required: true } };
const part = { _id: false, id: false } as const;

export const ApiKeySchema = new Schema<ApiKeyDocument>(
  {
    userId: { type: Schema.Types.ObjectId, required: true },
    name: { type: String, required: true },
    prefix: { type: String, required: true },
    hash: { type: String, required: true, select: false },
    permissions: { type: [String], required: true },
    allowedIps: { type: [String], required: true },
    rateLimit: { type: new Schema(rateLimit, part), default: null },
    quota: { type: new Schema(quota, part), default: null },
    quotaId: { type: Schema.Types.ObjectId, required: true },
    lastUsedAt: { type: Date, default: null },
    expiresAt: { type: Date, required: true },
    lifetime: { type: Number, required: true },
    endedAt: { type: Date, default: null },
    rotatedTo: { type: Schema.Types.ObjectId, default: null },
    warnedAt: { type: Date, default: null },
    oldUseNotedAt: { type: Date, default: null },
    revision: { type: Number, required: true, default: 1 },
    createdAt: { type: Date, required: true },
  },
  { collection: 'apiKeys', versionKey: false },
);

// The verification of a key that is not in memory; two keys never share a hash.
ApiKeySchema.index({ hash: 1 }, { name: 'hash', unique: true });
// One user's keys: the list in its default order, its keyset pages, the count of them, and ending all.
ApiKeySchema.index({ userId: 1, createdAt: -1, _id: -1 }, { name: 'user' });
// What ends soon; and the database drops what has long ended.
ApiKeySchema.index({ expiresAt: 1 }, { name: 'expiry', expireAfterSeconds: keptAfterExpiry });
