import { Schema } from 'mongoose';

export const missedPolicies = ['run-once', 'skip'] as const;
/** What becomes of ticks at which nobody was there to run them. */
export type MissedPolicy = (typeof missedPolicies)[number];

export interface ScheduleDocument {
  /** '<queue>/<id>' */
  _id: string;
  queue: string;
  id: string;
  /** A cron pattern; null where `every` is set. */
  pattern: string | null;
  /** Milliseconds; ticks are its multiples since 1970. */
  every: number | null;
  timezone: string;
  /** The type of the jobs that it makes. */
  name: string;
  data: Record<string, unknown>;
  missed: MissedPolicy;
  paused: boolean;
  /** The next tick; null while it is paused. */
  nextAt: Date | null;
  lastAt: Date | null;
  /** A deleted one stays as a mark, so that what is seeded does not come back at the next start. */
  isDeleted: boolean;
  updatedAt: Date;
}

export const ScheduleModelName = 'Schedule';

export const ScheduleSchema = new Schema<ScheduleDocument>(
  {
    _id: { type: String, required: true },
    queue: { type: String, required: true },
    id: { type: String, required: true },
    pattern: { type: String, default: null },
    every: { type: Number, default: null },
    timezone: { type: String, required: true },
    name: { type: String, required: true },
    data: { type: Schema.Types.Mixed, required: true },
    missed: { type: String, enum: missedPolicies, required: true },
    paused: { type: Boolean, required: true },
    nextAt: { type: Date, default: null },
    lastAt: { type: Date, default: null },
    isDeleted: { type: Boolean, required: true },
    updatedAt: { type: Date, required: true },
  },
  { collection: 'schedules', versionKey: false, minimize: false, id: false },
);

// The ticks that are due, asked for every second: {nextAt: <= now}. Paused and deleted ones have none.
ScheduleSchema.index({ nextAt: 1 }, { name: 'next' });
// The list: {queue} in the order of its ids.
ScheduleSchema.index({ queue: 1, _id: 1 }, { name: 'queue' });
