import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { Schema } from 'mongoose';
import { effectType, waitType } from './bench-types.mjs';

const { JobsModule } = await import('../../dist/jobs/jobs.module.js');
const { Once } = await import('../../dist/jobs/once/once.js');
const { JobHandler } = await import('../../dist/jobs/worker/job-handler.js');

const work = 5;

/** How often the handlers have run to their end. */
export class Runs {
  count = 0;
}

class WaitHandler {
  constructor(runs) {
    this.runs = runs;
  }

  async handle() {
    await sleep(work);
    this.runs.count += 1;
  }
}
JobHandler(waitType.name)(WaitHandler);

/** The transaction of the effect, for the job and for whoever runs it without one. */
export class Effect {
  constructor(once, connection) {
    this.once = once;
    this.effects = connection.model(
      'BenchEffect',
      new Schema({ number: Number, jobId: String }, { collection: 'benchEffects', versionKey: false }),
    );
  }

  async run(jobId, number) {
    await this.once.inDatabase(jobId, undefined, async () => {
      await this.effects.insertMany([{ number, jobId }]);
    });
  }
}

class EffectHandler {
  constructor(effect, runs) {
    this.effect = effect;
    this.runs = runs;
  }

  async handle({ id, data }) {
    await this.effect.run(id, data.number);
    this.runs.count += 1;
  }
}
JobHandler(effectType.name)(EffectHandler);

export class BenchModule {}
Module({
  imports: [JobsModule],
  providers: [
    Runs,
    {
      provide: Effect,
      inject: [Once, getConnectionToken()],
      useFactory: (once, connection) => new Effect(once, connection),
    },
    { provide: WaitHandler, inject: [Runs], useFactory: (runs) => new WaitHandler(runs) },
    {
      provide: EffectHandler,
      inject: [Effect, Runs],
      useFactory: (effect, runs) => new EffectHandler(effect, runs),
    },
  ],
})(BenchModule);
