import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import mongoose, { type Model } from 'mongoose';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { ScheduleModelName, type ScheduleDocument } from './schedule.schema.js';
import type { Schedule } from './schedule.js';

@Injectable()
export class SchedulesRepository {
  constructor(@InjectModel(ScheduleModelName) private readonly schedules: Model<ScheduleDocument>) {}

  async find(queue: string, id: string): Promise<Schedule | undefined> {
    const document = await this.schedules.findOne({ _id: `${queue}/${id}`, isDeleted: false }).lean();
    return document === null ? undefined : scheduleOf(document);
  }

  async list(queue: string, limit: number): Promise<Schedule[]> {
    const documents = await this.schedules
      .find({ queue, isDeleted: false })
      .sort({ _id: 1 })
      .limit(limit)
      .lean();
    return documents.map(scheduleOf);
  }

  async count(queue: string): Promise<number> {
    return this.schedules.countDocuments({ queue, isDeleted: false });
  }

  async save(schedule: Schedule): Promise<void> {
    await this.schedules.updateOne(
      { _id: `${schedule.queue}/${schedule.id}` },
      { $set: { ...schedule, isDeleted: false, updatedAt: new Date() } },
      { upsert: true },
    );
  }

  /** Unless it is there, or was deleted by somebody. */
  async seed(schedule: Schedule): Promise<void> {
    try {
      await this.schedules.updateOne(
        { _id: `${schedule.queue}/${schedule.id}` },
        { $setOnInsert: { ...schedule, isDeleted: false, updatedAt: new Date() } },
        { upsert: true },
      );
    } catch (error) {
      // Two processes at once: the other one has made it.
      if (duplicateKeyFields(error) === undefined) throw error;
    }
  }

  async remove(queue: string, id: string): Promise<boolean> {
    const { modifiedCount } = await this.schedules.updateOne(
      { _id: `${queue}/${id}`, isDeleted: false },
      { $set: { isDeleted: true, nextAt: null, updatedAt: new Date() } },
    );
    return modifiedCount === 1;
  }

  async findDue(now: Date, limit: number): Promise<Schedule[]> {
    const documents = await this.schedules
      .find({ nextAt: mongoose.trusted({ $lte: now }) })
      .sort({ nextAt: 1 })
      .limit(limit)
      .lean();
    return documents.map(scheduleOf);
  }

  /** From one tick to the next. Of many who try at once, one is told true. */
  async advance({ queue, id }: Schedule, from: Date, next: Date, lastAt: Date | null): Promise<boolean> {
    const { modifiedCount } = await this.schedules.updateOne(
      { _id: `${queue}/${id}`, nextAt: from },
      { $set: { nextAt: next, ...(lastAt !== null && { lastAt }) } },
    );
    return modifiedCount === 1;
  }
}

function scheduleOf({ _id: _, isDeleted: __, updatedAt: ___, ...schedule }: ScheduleDocument): Schedule {
  return schedule;
}
