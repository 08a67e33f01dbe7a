import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus';

export interface ProbeReport {
  readonly healthy: boolean;
  readonly body: HealthCheckResult;
}

/** Terminus' verdict as a value: the worker's probe is no Nest controller and has no filter to catch an exception. */
@Injectable()
export class TerminusReport {
  constructor(private readonly terminus: HealthCheckService) {}

  async of(indicators: readonly HealthIndicatorResult[]): Promise<ProbeReport> {
    try {
      const body = await this.terminus.check(indicators.map((indicator) => () => indicator));
      return { healthy: true, body };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const body = error.getResponse();
      if (!isResult(body)) throw error;
      return { healthy: false, body };
    }
  }
}

function isResult(body: object | string): body is HealthCheckResult {
  return typeof body === 'object' && 'status' in body && 'details' in body;
}
