import { Schema } from 'mongoose';

/** Whether a queue is paused. Redis is only told: what it forgets is told again. */
export interface QueueSwitchDocument {
  /** The queue's name. */
  _id: string;
  isPaused: boolean;
  changedAt: Date;
}

export const QueueSwitchModelName = 'QueueSwitch';

// No index but that of _id: there is one document a queue.
export const QueueSwitchSchema = new Schema<QueueSwitchDocument>(
  {
    _id: { type: String, required: true },
    isPaused: { type: Boolean, required: true },
    changedAt: { type: Date, required: true },
  },
  { collection: 'queueSwitches', versionKey: false },
);
