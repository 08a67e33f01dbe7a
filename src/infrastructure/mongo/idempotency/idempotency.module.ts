import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { IdempotencyKeyModelName, IdempotencyKeySchema } from './idempotency-key.schema.js';
import { IdempotencyKeysRepository } from './idempotency-keys.repository.js';

/** Global, because an interceptor is made by the module of the controller that it stands before. */
@Global()
@Module({
  imports: [MongooseModule.forFeature([{ name: IdempotencyKeyModelName, schema: IdempotencyKeySchema }])],
  providers: [IdempotencyKeysRepository],
  exports: [IdempotencyKeysRepository],
})
export class IdempotencyModule {}
