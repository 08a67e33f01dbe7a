import { setTimeout as sleep } from 'node:timers/promises';
import { Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import { UnrecoverableError } from 'bullmq';
import { Schema } from 'mongoose';
import { faultType } from './fault-types.mjs';

const { JobsModule } = await import('../../../dist/jobs/jobs.module.js');
const { Once } = await import('../../../dist/jobs/once/once.js');
const { JobHandler } = await import('../../../dist/jobs/worker/job-handler.js');

const notes = (collection) =>
  new Schema({ number: Number, jobId: String, pid: Number }, { collection, versionKey: false });

class FaultHandler {
  constructor(once, connection) {
    this.once = once;
    this.connection = connection;
    // No unique key: an effect that happens twice shows.
    this.effects = connection.model('FaultEffect', notes('faultEffects'));
    this.starts = connection.model('FaultStart', notes('faultStarts'));
  }

  async handle({ id, data, attempt, signal, progress }) {
    const { number, work = 0, block = 0, failures = 0, hopeless, held, deadly, traced } = data;
    const note = { number, jobId: id, pid: process.pid };
    if (traced) await this.starts.insertMany([note]);
    if (deadly) process.kill(process.pid, 'SIGKILL');
    if (hopeless && !(await this.isMended())) throw new UnrecoverableError('hopeless');
    if (attempt <= failures) throw new Error(`attempt ${attempt} is meant to fail`);
    for (let look = 0; held && !(await this.isMended({ number })); look += 1) {
      progress(look % 100, `look ${look}`);
      await sleep(100, undefined, { signal });
    }
    for (const end = performance.now() + block; performance.now() < end;);
    if (work > 0) await sleep(work, undefined, { signal });
    await this.once.inDatabase(id, undefined, async () => {
      await this.effects.insertMany([note]);
    });
    return number;
  }

  /** What makes hopeless jobs fail is mended by any document in this collection. */
  async isMended(which = {}) {
    return (await this.connection.collection('faultMends').findOne(which)) !== null;
  }
}
JobHandler(faultType.name)(FaultHandler);

export class FaultsModule {}
Module({
  imports: [JobsModule],
  providers: [
    {
      provide: FaultHandler,
      inject: [Once, getConnectionToken()],
      useFactory: (once, connection) => new FaultHandler(once, connection),
    },
  ],
})(FaultsModule);
