import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { failureOfDomain, statusOfKind } from '../../../http/failure.js';
import { MetricsAccess } from '../../metrics/metrics-access.js';
import { MetricsService } from '../../metrics/metrics.service.js';

export interface PlainAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

const json = 'application/json; charset=utf-8';

/** GET /metrics of a worker: the same rules as the API's. */
@Injectable()
export class WorkerMetrics {
  constructor(
    private readonly metrics: MetricsService,
    private readonly access: MetricsAccess,
  ) {}

  async answer(request: IncomingMessage, requestId: string): Promise<PlainAnswer> {
    try {
      this.access.assertAllowed(request);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const text = JSON.stringify(failureOfDomain(error, requestId));
      return { status: statusOfKind[error.kind], contentType: json, text };
    }
    if (this.metrics.prefersJson(request.headers.accept)) {
      return { status: 200, contentType: json, text: JSON.stringify(await this.metrics.flat()) };
    }
    return { status: 200, contentType: this.metrics.contentType, text: await this.metrics.text() };
  }
}
