/** A place in a trace: what a W3C traceparent says, in OpenTelemetry's names. */
export interface TracePoint {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Bit 0: the trace is recorded. */
  readonly traceFlags: number;
  /** Read from a traceparent: a span of another process. */
  readonly isRemote?: boolean;
}

// Of a later version more may follow; version ff is none, and ids of nothing but zeros are none.
const traceparent = /^(?!ff)([\da-f]{2})-(?!0{32})([\da-f]{32})-(?!0{16})([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const sampled = 1;

/** The place that a traceparent names (W3C Trace Context, section 3.2); undefined for anything else. */
export function parseTraceparent(text: unknown): TracePoint | undefined {
  if (typeof text !== 'string') return undefined;
  const [, version, traceId, spanId, flags, more] = traceparent.exec(text) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & sampled, isRemote: true };
}

/** The reverse, in version 00. */
export function formatTraceparent({ traceId, spanId, traceFlags }: TracePoint): string {
  return `00-${traceId}-${spanId}-0${traceFlags & sampled}`;
}
