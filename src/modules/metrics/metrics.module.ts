import { Module } from '@nestjs/common';
import { MetricsExpositionModule } from './metrics-exposition.module.js';
import { MetricsController } from './metrics.controller.js';

@Module({ imports: [MetricsExpositionModule], controllers: [MetricsController] })
export class MetricsModule {}
