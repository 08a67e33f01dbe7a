import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { BackgroundLoop } from '../../common/background-loop.js';
import { farewell } from '../../common/ends-within.js';
import { WorkersAlive } from '../workers-alive.js';

const interval = 5_000;

/** Says that this worker lives, until it begins to drain. */
@Injectable()
export class WorkerHeartbeat implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WorkerHeartbeat.name);
  private readonly worker = `${hostname()}:${process.pid}:${randomUUID()}`;
  private readonly loop = new BackgroundLoop(interval, () => this.workers.say(this.worker));

  constructor(private readonly workers: WorkersAlive) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  async onModuleDestroy(): Promise<void> {
    await farewell(
      this.logger,
      this.loop.stop().then(() => this.workers.leave(this.worker)),
    );
  }
}
