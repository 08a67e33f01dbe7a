import { Module } from '@nestjs/common';
import { ConfigModule } from '../../src/config/config.module.js';
import { LoggingModule } from '../../src/infrastructure/logging/logging.module.js';
import { MongoModule } from '../../src/infrastructure/mongo/mongo.module.js';
import { RedisModule } from '../../src/infrastructure/redis/redis.module.js';
import { TelemetryModule } from '../../src/infrastructure/telemetry/telemetry.module.js';

/** What JobsModule stands on. */
@Module({ imports: [ConfigModule, LoggingModule, MongoModule, RedisModule, TelemetryModule] })
export class ProducerModule {}
