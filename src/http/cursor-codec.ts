import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { DomainError } from '../common/domain-error.js';
import type { KeysetPosition, Sorting } from '../common/pagination.js';
import { httpConfig } from '../config/http.config.js';

const signatureLength = 16;

interface Payload {
  readonly list: string;
  readonly sortBy: string;
  readonly sortOrder: string;
  readonly type: 'date' | 'plain';
  readonly value: string | number | null;
  readonly id: string;
}

function isPayload(value: unknown): value is Payload {
  return (
    typeof value === 'object' &&
    value !== null &&
    'list' in value &&
    'sortBy' in value &&
    'id' in value &&
    'value' in value
  );
}

/** Which list a cursor is for: its name, and its order. */
export interface CursorScope extends Sorting<string> {
  readonly list: string;
}

/**
 * Writes a keyset position into an opaque, signed text and back. Signed, because a position goes into a query: a
 * client can only continue where this service let it stop.
 */
@Injectable()
export class CursorCodec {
  private readonly key: string | Buffer;

  constructor(@Inject(httpConfig.KEY) config: ConfigType<typeof httpConfig>) {
    this.key = config.cursorSecret ?? randomBytes(32);
  }

  encode(position: KeysetPosition, { list, sortBy, sortOrder }: CursorScope): string {
    const { id, value } = position;
    const payload: Payload = {
      list,
      sortBy,
      sortOrder,
      id,
      ...(value instanceof Date ? { type: 'date', value: value.toISOString() } : { type: 'plain', value }),
    };
    const body = Buffer.from(JSON.stringify(payload));
    return Buffer.concat([this.sign(body), body]).toString('base64url');
  }

  /** @throws DomainError invalid / INVALID_CURSOR for anything that encode did not write for the same list and sorting. */
  decode(cursor: string, { list, sortBy, sortOrder }: CursorScope): KeysetPosition {
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(signatureLength);
    const signature = bytes.subarray(0, signatureLength);
    if (signature.length !== signatureLength || !timingSafeEqual(signature, this.sign(body))) throw invalid();
    const payload: unknown = JSON.parse(body.toString());
    if (!isPayload(payload)) throw invalid();
    if (payload.list !== list)
      throw invalid('cursor belongs to another list: start again with an empty cursor');
    if (payload.sortBy !== sortBy || payload.sortOrder !== sortOrder) {
      throw invalid('cursor belongs to a list in another order: start again with an empty cursor');
    }
    const value = payload.type === 'date' ? new Date(String(payload.value)) : payload.value;
    return { id: payload.id, value };
  }

  private sign(body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(body).digest().subarray(0, signatureLength);
  }
}

function invalid(message = 'cursor is not one that this service gave'): DomainError {
  return new DomainError('invalid', 'INVALID_CURSOR', message, { errors: [{ path: 'cursor', message }] });
}
