import { Module } from '@nestjs/common';
import { Limiter } from './limiter.js';
import { SharedWindows } from './shared-windows.js';
import { SharedThrottlerStorage } from './throttler-storage.js';

/** Counting over all processes; apart, because the library's module is given its storage from here. */
@Module({
  providers: [SharedWindows, Limiter, SharedThrottlerStorage],
  exports: [SharedWindows, Limiter, SharedThrottlerStorage],
})
export class LimiterModule {}
