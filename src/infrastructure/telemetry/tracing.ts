import type { Attributes, Span, SpanKind } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';
import type { OnApplicationShutdown } from '@nestjs/common';
import { requestContext } from '../../common/request-context.js';
import type { TracePoint } from '../../common/trace.js';

/** What only a process with traces has. */
export interface Recorder {
  start(name: string, kind: SpanKind, parent: TracePoint | undefined): Span;
  /** Sends what is left. Never rejects. */
  end(): Promise<void>;
}

export interface About {
  readonly name: string;
  readonly kind: SpanKind;
  /** Asked only when the span is recorded. */
  readonly attributes: () => Attributes;
  /** Whether what the work threw is its failure; absent: always. */
  readonly isFailure?: () => boolean;
}

/** The spans of this process; without a recorder traces are off, and nothing of this costs anything. */
export class Tracing implements OnApplicationShutdown {
  constructor(private readonly recorder: Recorder | undefined) {}

  get isOn(): boolean {
    return this.recorder !== undefined;
  }

  /** Undefined while traces are off. A span that is not recorded has ids all the same, for log lines. */
  start(name: string, kind: SpanKind, parent: TracePoint | undefined): Span | undefined {
    return this.recorder?.start(name, kind, parent);
  }

  /**
   * Runs the work inside a span, a child of the current place; the work is given its own place in the trace, if any.
   * While traces are off that is the place of a caller who sent one.
   * @throws what the work throws; the span keeps its class, never its words: they may hold anything.
   */
  run<Result>(about: About, work: (place: TracePoint | undefined) => Promise<Result>): Promise<Result> {
    const place = requestContext.current()?.trace;
    const span = this.start(about.name, about.kind, place);
    return span === undefined ? work(place) : runInside(span, about, work);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.recorder?.end();
  }
}

async function runInside<Result>(
  span: Span,
  { attributes, isFailure }: About,
  work: (place: TracePoint) => Promise<Result>,
): Promise<Result> {
  if (span.isRecording()) span.setAttributes(attributes());
  const trace = span.spanContext();
  const context = requestContext.current();
  try {
    if (context === undefined) return await work(trace);
    return await requestContext.run({ ...context, trace, span: recorded(span) }, () => work(trace));
  } catch (error) {
    if (isFailure?.() !== false) fail(span, error instanceof Error ? error.name : 'unknown');
    throw error;
  } finally {
    span.end();
  }
}

/** The span if it is recorded: only then is it worth anything to have children. */
export function recorded(span: Span): Span | undefined {
  return span.isRecording() ? span : undefined;
}

/** `type`: a class or a code, as in OpenTelemetry's attribute error.type. */
export function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
}
