/** How long the local run waits for what; milliseconds. */
export interface Timing {
  /** Until API and worker must be ready for the first time. */
  readyMs: number;
  /** Between two questions to a readiness probe. */
  pollMs: number;
  /** For API and worker to finish what runs when they are told to stop. */
  graceMs: number;
  /** For the services to stop. */
  servicesGraceMs: number;
  /** Before a child that died is started again: the first pause, doubled each time, and the longest. */
  firstPauseMs: number;
  lastPauseMs: number;
  /** A child that was ready this long begins with the first pause again. */
  steadyMs: number;
}

export const defaultTiming: Timing = {
  readyMs: 60_000,
  pollMs: 150,
  // Longer than the 30 s after which they give up by themselves: their last line says that they did.
  graceMs: 33_000,
  servicesGraceMs: 25_000,
  firstPauseMs: 500,
  lastPauseMs: 30_000,
  steadyMs: 60_000,
};
