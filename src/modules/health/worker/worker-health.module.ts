import { Module } from '@nestjs/common';
import { HealthChecksModule } from '../health-checks.module.js';
import { MetricsExpositionModule } from '../../metrics/metrics-exposition.module.js';
import { ProbeServer } from './probe-server.js';
import { WorkerMetrics } from './worker-metrics.js';

/** The probes of a worker process, which has no HTTP adapter of Nest's. */
@Module({
  imports: [HealthChecksModule, MetricsExpositionModule],
  providers: [ProbeServer, WorkerMetrics],
  exports: [ProbeServer],
})
export class WorkerHealthModule {}
