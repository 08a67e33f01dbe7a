import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { JobsModule } from '../../jobs/jobs.module.js';
import { DependencyChecks } from './dependency-checks.js';
import { IndexCheck } from './index-check.js';
import { Readiness } from './readiness.js';
import { TerminusReport } from './terminus-report.js';

/** The checks without HTTP: API and worker answer their probes from the same ones. */
@Module({
  // Terminus would log every failed probe; DependencyChecks logs when an outcome turns.
  imports: [JobsModule, TerminusModule.forRoot({ logger: false })],
  providers: [DependencyChecks, IndexCheck, TerminusReport, Readiness],
  exports: [DependencyChecks, Readiness],
})
export class HealthChecksModule {}
