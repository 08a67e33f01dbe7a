import { Logger } from '@nestjs/common';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

type Done = Parameters<SpanExporter['export']>[1];

/** Milliseconds between two lines about the collector. */
const quiet = 60_000;

/** Says that the collector does not take spans, and that it does again: at most one line a minute. */
export class ReportingExporter implements SpanExporter {
  private readonly logger = new Logger('Traces');
  private toldAt = -Infinity;
  private isAway = false;
  private lost = 0;

  constructor(
    private readonly exporter: SpanExporter,
    /** What is told of the collector; no credentials. */
    private readonly address: string,
  ) {}

  export(spans: ReadableSpan[], done: Done): void {
    this.exporter.export(spans, (result) => {
      // A failure always comes with its error.
      if (result.error === undefined) this.taken();
      else this.refused(spans.length, result.error);
      done(result);
    });
  }

  async forceFlush(): Promise<void> {
    await this.exporter.forceFlush?.();
  }

  async shutdown(): Promise<void> {
    await this.exporter.shutdown();
  }

  private taken(): void {
    if (!this.isAway || this.isQuiet()) return;
    this.logger.log(this.line(), 'spans are exported again');
    this.isAway = false;
    this.lost = 0;
  }

  private refused(count: number, error: Error): void {
    this.lost += count;
    if (this.isQuiet()) return;
    this.logger.warn({ ...this.line(), reason: reasonOf(error) }, 'spans cannot be exported now');
    this.isAway = true;
  }

  private isQuiet(): boolean {
    if (performance.now() - this.toldAt < quiet) return true;
    this.toldAt = performance.now();
    return false;
  }

  private line() {
    // The timer behind an export may have been set while a request ran: it is not that request's line.
    return { collector: this.address, lost: this.lost, requestId: undefined };
  }
}

/** A short word. What the collector answered may be long, and what the exporter says may name its headers. */
function reasonOf(error: Error): string {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? String(code) : error.message.slice(0, 200);
}
