import { Module } from '@nestjs/common';
import { MetricsAccess } from './metrics-access.js';
import { MetricsService } from './metrics.service.js';

/** For the API, which shows its metrics by a controller, and for the worker, whose probe server does. */
@Module({ providers: [MetricsService, MetricsAccess], exports: [MetricsService, MetricsAccess] })
export class MetricsExpositionModule {}
