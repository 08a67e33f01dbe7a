import { getModelToken } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { RunningApi } from '../support/app.js';
import type { Client, Reply } from '../support/client.js';

export const password = 'Another-Horse-8-Battery';

/** What is stored of a key. */
export interface KeptKey {
  _id: string;
  answer: object | null;
  claim: string;
  leaseUntil: Date;
  expireAt: Date;
}

/** A POST with a key; as an administrator, unless another client is given. */
export type Send = (
  path: string,
  body: unknown,
  key: string,
  options?: { client?: Client; headers?: Record<string, string> },
) => Promise<Reply>;

export const keysOf = (api: RunningApi): Model<KeptKey> =>
  api.app.get(getModelToken('IdempotencyKey'), { strict: false });

export const replayed = (reply: Reply): string | null => reply.headers.get('idempotency-replayed');
export const wish = (email: string) => ({ email, name: 'Ada', password });

let names = 0;
/** The name of a role that does not exist yet. */
export const freshName = (): string => `role-${(names += 1)}`;

export async function countUsers(admin: Client, email: string): Promise<number> {
  const { body } = await admin.get(`/api/users?search=${encodeURIComponent(email)}`);
  return Array.isArray(body.data) ? body.data.length : 0;
}
