import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { QueueSwitchModelName, type QueueSwitchDocument } from './queue-switch.schema.js';

@Injectable()
export class QueueSwitchesRepository {
  constructor(@InjectModel(QueueSwitchModelName) private readonly switches: Model<QueueSwitchDocument>) {}

  async set(queue: string, isPaused: boolean): Promise<void> {
    await this.switches.updateOne(
      { _id: queue },
      { $set: { isPaused, changedAt: new Date() } },
      { upsert: true },
    );
  }

  /** The names of the queues that are paused. */
  async paused(): Promise<Set<string>> {
    const documents = await this.switches.find({ isPaused: true }, { _id: 1 }).lean();
    return new Set(documents.map(({ _id }) => _id));
  }
}
