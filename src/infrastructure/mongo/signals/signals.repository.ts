import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import type { Signal } from './signal.js';
import { SignalModelName, type SignalDocument } from './signal.schema.js';

@Injectable()
export class SignalsRepository {
  constructor(@InjectModel(SignalModelName) private readonly signals: Model<SignalDocument>) {}

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
}
