import { Module } from '@nestjs/common';
import { ConfigModule } from '../../src/config/config.module.js';
import { LoggingModule } from '../../src/infrastructure/logging/logging.module.js';
import { MongoModule } from '../../src/infrastructure/mongo/mongo.module.js';
import { RedisModule } from '../../src/infrastructure/redis/redis.module.js';
import { TelemetryModule } from '../../src/infrastructure/telemetry/telemetry.module.js';
import { NotificationsModule } from '../../src/modules/notifications/notifications.module.js';

@Module({
  imports: [ConfigModule, LoggingModule, MongoModule, RedisModule, TelemetryModule, NotificationsModule],
})
export class ProducerModule {}
