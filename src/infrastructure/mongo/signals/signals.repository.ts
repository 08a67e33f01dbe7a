import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import { DatabaseConnection } from '../database-connection.js';
import { signalOf, type Signal } from './signal.js';
import { SignalModelName, type SignalDocument } from './signal.schema.js';

/** By it the regular reads can be told from those of requests, in the database's log as in a test. */
export const pollComment = 'signals poll';

export interface StoredSignal {
  /** The document's own id: the same signal is found by several polls. */
  readonly key: string;
  readonly signal: Signal;
  /** By the database's clock. */
  readonly expiresAt: Date;
}

/** All access to the collection `signals`. */
@Injectable()
export class SignalsRepository {
  constructor(
    @InjectModel(SignalModelName) private readonly signals: Model<SignalDocument>,
    private readonly database: DatabaseConnection,
  ) {}

  /** Writes them by the database's clock. `lifetime` in milliseconds. */
  async insert(signals: readonly Signal[], lifetime: number): Promise<void> {
    await this.signals.bulkWrite(
      signals.map(({ kind, id }) => ({
        updateOne: {
          filter: { _id: new Types.ObjectId() },
          update: [{ $set: { kind, id, at: '$$NOW', exp: { $add: ['$$NOW', lifetime] } } }],
          upsert: true,
        },
      })),
      { ordered: true },
    );
  }

  /** The database's clock. Aborting the signal ends the wait and drops the connection. */
  async now(abort: AbortSignal): Promise<Date> {
    const reply = await this.database.lifeline.command({ hello: 1, comment: pollComment }, { signal: abort });
    const localTime: unknown = reply['localTime'];
    if (!(localTime instanceof Date)) throw new Error('the database does not tell its time');
    return localTime;
  }

  /** Those written at `from`, by the database's clock, or later; all of them without `from`. */
  async since(from: Date | undefined, abort: AbortSignal): Promise<StoredSignal[]> {
    // Past mongoose, whose queries cannot be aborted: a poll must not hold a connection to a frozen database.
    const collection = this.database.lifeline.collection<SignalDocument>(
      this.signals.collection.collectionName,
    );
    const cursor = collection.find(from === undefined ? {} : { at: { $gte: from } }, {
      signal: abort,
      comment: pollComment,
      projection: { kind: 1, id: 1, exp: 1 },
      batchSize: 10_000,
    });
    const found: StoredSignal[] = [];
    for await (const { _id, kind, id, exp } of cursor) {
      const signal = signalOf(kind, id);
      if (signal !== undefined && exp instanceof Date)
        found.push({ key: String(_id), signal, expiresAt: exp });
    }
    return found;
  }
}
