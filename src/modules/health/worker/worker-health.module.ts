import { Module } from '@nestjs/common';
import { HealthChecksModule } from '../health-checks.module.js';
import { ProbeServer } from './probe-server.js';

/** The probes of a worker process, which has no HTTP adapter of Nest's. */
@Module({
  imports: [HealthChecksModule],
  providers: [ProbeServer],
  exports: [ProbeServer],
})
export class WorkerHealthModule {}
