import { Types } from 'mongoose';
import type { IdParser } from '../../common/ids.js';

/** A fresh id. Made outside a unit of work, because what runs inside may run again. */
export function newId<Branded extends string>(ids: IdParser<Branded>): Branded {
  return ids.parse(new Types.ObjectId().toHexString());
}
