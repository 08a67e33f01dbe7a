import type { Signal } from '../../infrastructure/mongo/signals/signal.js';

export const httpCachedMetadata = 'nexus:http-cached';

/** All that is to know of a route whose answers may be given again, declared on its handler. */
export interface HttpCachePolicy {
  /** Unique; metrics call it 'http-<name>'. */
  readonly name: string;
  /** Seconds for which an answer is given again; 0 where making it is cheap, and only sending it is not. */
  readonly ttl: number;
  /** Whether a signal may be about anything that is shown. What no signal tells of may be `ttl` seconds old. */
  endedBy?(signal: Signal): boolean;
}
