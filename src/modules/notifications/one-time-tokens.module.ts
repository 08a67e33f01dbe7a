import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { OneTimeTokenModelName, OneTimeTokenSchema } from './one-time-token.schema.js';
import { OneTimeTokensRepository } from './one-time-tokens.repository.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: OneTimeTokenModelName, schema: OneTimeTokenSchema }])],
  providers: [OneTimeTokensRepository, OneTimeTokensService],
  exports: [OneTimeTokensService],
})
export class OneTimeTokensModule {}
