import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ConfigModule } from './config/config.module.js';
import { HttpModule } from './http/http.module.js';
import { UndeclaredInputGuard } from './http/undeclared-input.guard.js';
import { CacheModule } from './infrastructure/cache/cache.module.js';
import { ClockModule } from './infrastructure/clock.module.js';
import { LoggingModule } from './infrastructure/logging/logging.module.js';
import { IdempotencyModule } from './infrastructure/mongo/idempotency/idempotency.module.js';
import { MongoModule } from './infrastructure/mongo/mongo.module.js';
import { SignalsFollowingModule } from './infrastructure/mongo/signals/signals-following.module.js';
import { SignalsModule } from './infrastructure/mongo/signals/signals.module.js';
import { RedisModule } from './infrastructure/redis/redis.module.js';
import { TelemetryModule } from './infrastructure/telemetry/telemetry.module.js';
import { ApiKeyAccessModule } from './modules/api-keys/api-key-access.module.js';
import { ApiKeyQuotaGuard } from './modules/api-keys/api-key-quota.guard.js';
import { ApiKeyRoutesModule } from './modules/api-keys/api-key-routes.module.js';
import { AuditApiModule } from './modules/audit/audit-api.module.js';
import { AuthModule } from './modules/auth/auth.module.js';
import { AuthenticateGuard } from './modules/auth/authenticate.guard.js';
import { PermissionGuard } from './modules/auth/permission.guard.js';
import { HealthModule } from './modules/health/health.module.js';
import { MetricsModule } from './modules/metrics/metrics.module.js';
import { BoardModule } from './modules/queues/board/board.module.js';
import { QueuesModule } from './modules/queues/queues.module.js';
import { AddressLimitGuard } from './modules/rate-limits/address-limit.guard.js';
import { PrincipalLimitGuard } from './modules/rate-limits/principal-limit.guard.js';
import { RateLimitsModule } from './modules/rate-limits/rate-limits.module.js';
import { UnknownRoutes } from './modules/rate-limits/unknown-routes.js';
import { ReportsModule } from './modules/reports/reports.module.js';
import { RolesModule } from './modules/roles/roles.module.js';
import { UsersModule } from './modules/users/users.module.js';

/** The API: it produces jobs and holds no processor. */
@Module({
  imports: [
    ConfigModule,
    LoggingModule,
    ClockModule,
    MongoModule,
    IdempotencyModule,
    SignalsModule,
    SignalsFollowingModule,
    RedisModule,
    TelemetryModule,
    CacheModule,
    HttpModule,
    HealthModule,
    MetricsModule,
    AuditApiModule,
    RolesModule,
    UsersModule,
    AuthModule,
    ApiKeyAccessModule,
    ApiKeyRoutesModule,
    QueuesModule,
    BoardModule,
    ReportsModule,
    RateLimitsModule,
  ],
  providers: [
    UnknownRoutes,
    // In this order for every request; probes pass all of them.
    // 1. Too many without credentials from this address?
    { provide: APP_GUARD, useClass: AddressLimitGuard },
    // 2. Who is it? Bearer token, cookie or key -> principal. Bad credentials count for the address.
    { provide: APP_GUARD, useClass: AuthenticateGuard },
    // 3. Too many of this principal?
    { provide: APP_GUARD, useClass: PrincipalLimitGuard },
    // 4. Has this key requests left? What its rate refuses costs no quota.
    { provide: APP_GUARD, useClass: ApiKeyQuotaGuard },
    // 5. May they? A handler that declares nothing is refused.
    { provide: APP_GUARD, useClass: PermissionGuard },
    // 6. Did they send something that nobody reads? Last, so that a stranger learns nothing of a route's input.
    { provide: APP_GUARD, useClass: UndeclaredInputGuard },
  ],
})
export class AppModule {}
