import { requestContext } from '../../common/request-context.js';
import type { TracePoint } from '../../common/trace.js';

type Fields = Readonly<Record<string, string | number | undefined>>;

/** Of the trace that a line belongs to: a caller's own span is no place of ours. */
export function spanIdOf(trace: TracePoint | undefined): string | undefined {
  return trace?.isRemote === true ? undefined : trace?.spanId;
}

/** What the current request or job adds to a log line. */
export function currentLogFields(): Fields {
  const request = requestContext.current();
  if (request === undefined) return {};
  const { requestId, trace, principal, job } = request;
  return {
    requestId,
    traceId: trace?.traceId,
    spanId: spanIdOf(trace),
    principal: principal?.userId,
    ...job,
  };
}
