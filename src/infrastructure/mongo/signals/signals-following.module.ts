import { Module } from '@nestjs/common';
import { SignalPoller } from './signal-poller.js';
import { SignalSubscriber } from './signal-subscriber.js';

/** For the processes that answer requests by what they remember. Beside SignalsModule. */
@Module({ providers: [SignalPoller, SignalSubscriber] })
export class SignalsFollowingModule {}
