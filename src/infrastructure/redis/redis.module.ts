import { Global, Module } from '@nestjs/common';
import { OptionalRedis } from './optional-redis.js';
import { QueueRedis } from './queue-redis.js';
import { RedisConnections } from './redis-connections.js';
import { RedisStatus } from './redis-status.js';

@Global()
@Module({
  providers: [RedisConnections, QueueRedis, OptionalRedis, RedisStatus],
  exports: [RedisConnections, QueueRedis, OptionalRedis, RedisStatus],
})
export class RedisModule {}
