import type { Span } from '@opentelemetry/api';
import { AsyncContext } from './async-context.js';
import type { Principal } from './principal.js';
import type { TracePoint } from './trace.js';

/** What belongs to one request and is wanted far from its controller: in logs, jobs and audit entries. */
export interface RequestContext {
  readonly requestId: string;
  /** Its place in a trace; while traces are off, that of a caller who sent a valid W3C traceparent. */
  readonly trace: TracePoint | undefined;
  /** The span that what it does is part of; absent when none is recorded. */
  readonly span?: Span | undefined;
  readonly ip: string;
  readonly route: string;
  principal?: Principal;
  /** What log lines say of the job; absent in requests. */
  readonly job?: Readonly<Record<string, string | number>>;
}

/** Of the request or job that the running code works for; none in what belongs to the process. */
export const requestContext = new AsyncContext<RequestContext>();
