/** What a job is doing, as every surface tells it. Times are ISO-8601 UTC. */
export type JobStatus =
  | { readonly status: 'pending'; readonly queuedAt: string }
  | { readonly status: 'scheduled'; readonly runAt: string }
  | {
      readonly status: 'processing';
      readonly startedAt: string;
      readonly progress: number;
      readonly note?: string;
    }
  | { readonly status: 'completed'; readonly completedAt: string; readonly result: unknown }
  | {
      readonly status: 'failed';
      readonly failedAt: string;
      readonly error: string;
      readonly nextAttemptAt: string;
    }
  | { readonly status: 'dead'; readonly failedAt: string; readonly error: string }
  | { readonly status: 'cancelled'; readonly cancelledAt: string };

export type JobState = JobStatus['status'];

export const jobStates = [
  'pending',
  'scheduled',
  'processing',
  'completed',
  'failed',
  'dead',
  'cancelled',
] as const satisfies readonly JobState[];
