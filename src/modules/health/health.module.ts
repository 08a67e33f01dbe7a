import { Module } from '@nestjs/common';
import { HealthChecksModule } from './health-checks.module.js';
import { HealthController } from './health.controller.js';
import { HealthService } from './health.service.js';
import { LiveProbe } from './live-probe.js';

/** The probes of the API. */
@Module({
  imports: [HealthChecksModule],
  controllers: [HealthController],
  providers: [HealthService, LiveProbe],
})
export class HealthModule {}
