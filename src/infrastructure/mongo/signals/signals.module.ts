import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { SignalChannel } from './signal-channel.js';
import { SignalFeed } from './signal-feed.js';
import { SignalModelName, SignalSchema } from './signal.schema.js';
import { Signals } from './signals.js';
import { SignalsRepository } from './signals.repository.js';

/** For every process that changes what others remember. It does not follow the signals of others by itself. */
@Global()
@Module({
  imports: [MongooseModule.forFeature([{ name: SignalModelName, schema: SignalSchema }])],
  providers: [SignalsRepository, SignalChannel, SignalFeed, Signals],
  exports: [SignalsRepository, SignalChannel, SignalFeed, Signals],
})
export class SignalsModule {}
