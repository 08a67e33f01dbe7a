import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SignalModelName, SignalSchema } from './signal.schema.js';
import { Signals } from './signals.js';
import { SignalsRepository } from './signals.repository.js';

@Global()
@Module({
  imports: [MongooseModule.forFeature([{ name: SignalModelName, schema: SignalSchema }])],
  providers: [SignalsRepository, Signals],
  exports: [Signals],
})
export class SignalsModule {}
