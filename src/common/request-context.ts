import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from './principal.js';

/** What belongs to one request and is wanted far from its controller: in logs, jobs and audit entries. */
export interface RequestContext {
  readonly requestId: string;
  /** The trace id of a valid W3C traceparent, when the caller sent one. */
  readonly traceId: string | undefined;
  readonly ip: string;
  readonly route: string;
  principal?: Principal;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = {
  run: <Result>(context: RequestContext, fn: () => Result): Result => storage.run(context, fn),
  current: (): RequestContext | undefined => storage.getStore(),
};
