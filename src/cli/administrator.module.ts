import { Module } from '@nestjs/common';
import { ConfigModule } from '../config/config.module.js';
import { CacheModule } from '../infrastructure/cache/cache.module.js';
import { ClockModule } from '../infrastructure/clock.module.js';
import { IdempotencyModule } from '../infrastructure/mongo/idempotency/idempotency.module.js';
import { MongoModule } from '../infrastructure/mongo/mongo.module.js';
import { SignalsModule } from '../infrastructure/mongo/signals/signals.module.js';
import { RedisModule } from '../infrastructure/redis/redis.module.js';
import { TelemetryModule } from '../infrastructure/telemetry/telemetry.module.js';
import { PasswordsModule } from '../modules/auth/passwords.module.js';
import { RolesModule } from '../modules/roles/roles.module.js';
import { UsersModule } from '../modules/users/users.module.js';

/** As much of the service as it takes to make a user. */
@Module({
  imports: [
    ConfigModule,
    ClockModule,
    MongoModule,
    IdempotencyModule,
    SignalsModule,
    RedisModule,
    TelemetryModule,
    CacheModule,
    PasswordsModule,
    RolesModule,
    UsersModule,
  ],
})
export class AdministratorModule {}
