import { AsyncContext } from './async-context.js';
import type { Principal } from './principal.js';

/** What belongs to one request and is wanted far from its controller: in logs, jobs and audit entries. */
export interface RequestContext {
  readonly requestId: string;
  /** The trace id of a valid W3C traceparent, when the caller sent one. */
  readonly traceId: string | undefined;
  readonly ip: string;
  readonly route: string;
  principal?: Principal;
  /** What log lines say of the job; absent in requests. */
  readonly job?: Readonly<Record<string, string | number>>;
}

/** Of the request or job that the running code works for; none in what belongs to the process. */
export const requestContext = new AsyncContext<RequestContext>();
