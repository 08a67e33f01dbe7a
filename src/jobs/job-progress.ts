/** How far a running job is. */
export interface JobProgress {
  /** A whole number from 0 to 100. */
  readonly percent: number;
  readonly note?: string;
}

/** What BullMQ keeps of it, read back; a number alone is a percentage. */
export function progressFrom(stored: unknown): JobProgress {
  if (typeof stored === 'number') return { percent: stored };
  if (typeof stored !== 'object' || stored === null || !('percent' in stored)) return { percent: 0 };
  const note = 'note' in stored ? stored.note : undefined;
  return { percent: Number(stored.percent) || 0, ...(typeof note === 'string' && { note }) };
}
