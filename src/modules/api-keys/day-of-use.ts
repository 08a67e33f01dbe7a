/** How often a key was used on a day. */
export interface DayOfUse {
  /** In UTC, e.g. '2026-03-09'. */
  readonly day: string;
  readonly requests: number;
}
