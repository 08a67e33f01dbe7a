import type { ScheduleDocument } from './schedule.schema.js';

export { missedPolicies, type MissedPolicy } from './schedule.schema.js';

/** When jobs are made, and which. */
export type Schedule = Readonly<Omit<ScheduleDocument, '_id' | 'isDeleted' | 'updatedAt'>>;

/** What a client says of it. */
export type ScheduleDefinition = Omit<Schedule, 'queue' | 'id' | 'nextAt' | 'lastAt'>;

/** When it ticks. */
export type Timing = Pick<Schedule, 'pattern' | 'every' | 'timezone'>;
