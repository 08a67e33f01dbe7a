import type { Measurement } from '../measure.js';
import type { Verdict } from '../verdict.js';

/** What one piece of the bench found. */
export interface Findings {
  readonly measurements: readonly Measurement[];
  readonly verdicts: readonly Verdict[];
}

export const nothing: Findings = { measurements: [], verdicts: [] };
