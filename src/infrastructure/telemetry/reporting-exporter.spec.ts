import { Logger } from '@nestjs/common';
import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ReportingExporter } from './reporting-exporter.js';

type Result = Parameters<Parameters<SpanExporter['export']>[1]>[0];

describe('ReportingExporter', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    vi.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  function exporting() {
    const collector = new InMemorySpanExporter();
    const fail = vi.spyOn(collector, 'export');
    const exporter = new ReportingExporter(collector, 'http://collector');
    const results: Result[] = [];
    const send = () => {
      exporter.export([], (result) => results.push(result));
      vi.advanceTimersByTime(1_000);
    };
    return { fail, send, exporter, results };
  }
  const refused = (_: unknown, done: (result: Result) => void): void =>
    done({ code: 1, error: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });

  it('says nothing while spans are taken', () => {
    const { send, results } = exporting();
    send();
    expect(results).toEqual([{ code: 0 }]);
    expect(Logger.prototype.warn).not.toHaveBeenCalled();
    expect(Logger.prototype.log).not.toHaveBeenCalled();
  });

  it('says once a minute that they are not, and of what kind of failure', () => {
    const { fail, send, results } = exporting();
    fail.mockImplementation(refused);
    for (let count = 0; count < 119; count++) send();
    expect(results).toHaveLength(119);
    expect(Logger.prototype.warn).toHaveBeenCalledTimes(2);
    expect(Logger.prototype.warn).toHaveBeenCalledWith(
      expect.objectContaining({
        collector: 'http://collector',
        reason: 'ECONNREFUSED',
        requestId: undefined,
      }),
      'spans cannot be exported now',
    );
  });

  it('says once that they are again, and no more than that of one that comes and goes', async () => {
    const { fail, send, exporter } = exporting();
    for (let count = 0; count < 70; count++) {
      if (count % 2 === 0 && count < 50) fail.mockImplementationOnce(refused);
      send();
    }
    expect(Logger.prototype.warn).toHaveBeenCalledTimes(1);
    expect(Logger.prototype.log).toHaveBeenCalledTimes(1);
    await exporter.forceFlush();
    await exporter.shutdown();
  });
});
