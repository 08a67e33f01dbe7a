import { Binary, deserialize } from 'bson';
import type { Request } from '../request.js';

/** The 64-bit numbers of a command's array. */
export function readIds(request: Request, field: string): bigint[] {
  const value: unknown = deserialize(request.body, { useBigInt64: true })[field];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'bigint') : [];
}

/** The sessions that endSessions and killSessions name, each as text of one character a byte. */
export function readSessions(request: Request): string[] {
  const value: unknown = deserialize(request.body, { promoteBuffers: false })[request.name];
  if (!Array.isArray(value)) return [];
  return value.flatMap((each: unknown) => {
    const id = typeof each === 'object' && each !== null && 'id' in each ? each.id : null;
    return id instanceof Binary ? [Buffer.from(id.buffer).toString('latin1')] : [];
  });
}
