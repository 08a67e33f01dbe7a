import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { requestContext } from '../../common/request-context.js';
import type { TracePoint } from '../../common/trace.js';
import { currentLogFields } from '../logging/log-context.js';
import { Tracing } from './tracing.js';

const caller: TracePoint = {
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  spanId: '00f067aa0ba902b7',
  traceFlags: 1,
  isRemote: true,
};
const context = { requestId: 'r', trace: caller, ip: '', route: 'test' };
const about = { name: 'work', kind: SpanKind.INTERNAL, attributes: () => ({ size: 1 }) };

function recording(sampler = new AlwaysOnSampler()) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const tracer = provider.getTracer('test');
  let ended = false;
  const tracing = new Tracing({
    start: (name, kind, parent) =>
      tracer.startSpan(
        name,
        { kind },
        parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent),
      ),
    end: () => {
      ended = true;
      return Promise.resolve();
    },
  });
  return { tracing, spans: () => exporter.getFinishedSpans(), hasEnded: () => ended };
}

describe('Tracing', () => {
  it('that is off starts nothing, and hands on the place of a caller', async () => {
    const tracing = new Tracing(undefined);
    expect(tracing.isOn).toBe(false);
    expect(tracing.start('work', SpanKind.INTERNAL, caller)).toBeUndefined();
    const place = (given: TracePoint | undefined) => Promise.resolve(given);
    expect(await tracing.run(about, place)).toBeUndefined();
    expect(await requestContext.run(context, () => tracing.run(about, place))).toBe(caller);
    await tracing.onApplicationShutdown();
  });

  it('makes what runs inside of it a child, in log lines too', async () => {
    const { tracing, spans } = recording();
    const lines = await requestContext.run(context, () =>
      tracing.run(about, async (outer) => {
        const inner = await tracing.run({ ...about, name: 'inner' }, (place) =>
          Promise.resolve({ place, line: currentLogFields() }),
        );
        return { outer, inner };
      }),
    );
    const [inner, outer] = spans();
    expect(outer?.parentSpanContext).toMatchObject({ spanId: caller.spanId });
    expect(outer?.spanContext()).toMatchObject({ traceId: caller.traceId, spanId: lines.outer?.spanId });
    expect(inner?.parentSpanContext?.spanId).toBe(lines.outer?.spanId);
    expect(lines.inner.line).toMatchObject({ traceId: caller.traceId, spanId: inner?.spanContext().spanId });
    expect(outer?.attributes).toEqual({ size: 1 });
  });

  it('begins a trace where there is none', async () => {
    const { tracing, spans } = recording();
    const place = await tracing.run(about, (given) => Promise.resolve(given));
    expect(spans().map((span) => [span.spanContext().traceId, span.parentSpanContext])).toEqual([
      [place?.traceId, undefined],
    ]);
  });

  it('has ids for what is not recorded, and no span to have children', async () => {
    const { tracing, spans } = recording(new AlwaysOffSampler());
    const inside = await requestContext.run(context, () =>
      tracing.run(about, (place) => Promise.resolve({ place, context: requestContext.current() })),
    );
    expect(inside.place).toMatchObject({ traceId: caller.traceId, traceFlags: 0 });
    expect(inside.context).toMatchObject({ trace: inside.place, span: undefined });
    expect(spans()).toEqual([]);
  });

  it('says that it failed, and never in whose words', async () => {
    const { tracing, spans } = recording();
    const failing = tracing.run(about, () => Promise.reject(new RangeError('grace@example.com')));
    await expect(failing).rejects.toThrow('grace');
    const [span] = spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR });
    expect(span?.attributes).toMatchObject({ 'error.type': 'RangeError' });
    expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('grace');
  });

  it('calls no failure what is none', async () => {
    const { tracing, spans } = recording();
    const ended = tracing.run({ ...about, isFailure: () => false }, () =>
      Promise.reject(new Error('given back')),
    );
    await expect(ended).rejects.toThrow('given back');
    expect(spans()[0]?.status).toEqual({ code: SpanStatusCode.UNSET });
  });

  it('ends with the application', async () => {
    const { tracing, hasEnded } = recording();
    await tracing.onApplicationShutdown();
    expect(hasEnded()).toBe(true);
  });
});

describe('a log line', () => {
  it("does not call a caller's span its own", () =>
    expect(requestContext.run(context, currentLogFields)).toMatchObject({
      traceId: caller.traceId,
      spanId: undefined,
    }));
});
