import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';

/** For latencies in microseconds. */
export function newLatencies(): RecordableHistogram {
  return createHistogram();
}
