import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongo, startRedis, type RunningService } from '../../../tools/services/index.js';

/** A service of one test's own, to be killed, frozen and wiped; what it acknowledged survives that. */
export class OwnService implements AsyncDisposable {
  private constructor(
    private readonly service: RunningService,
    private readonly folder: string,
  ) {}

  /** With their data in a folder of their own under `parent`. */
  static redis = (parent = tmpdir()): Promise<OwnService> => OwnService.start(startRedis, parent);
  static mongo = (parent = tmpdir()): Promise<OwnService> => OwnService.start(startMongo, parent);

  private static async start(
    start: typeof startRedis | typeof startMongo,
    parent: string,
  ): Promise<OwnService> {
    const folder = mkdtempSync(join(parent, 'nexus-faults-'));
    // As root the services run as another user, who must be able to pass through.
    chmodSync(folder, 0o711);
    const { REDIS_URL: _, MONGODB_URI: __, ...env } = process.env;
    const request = { folder, durable: true, supervise: true, env, report: () => undefined };
    return new OwnService(await start(request), folder);
  }

  get uri(): string {
    return this.service.uri;
  }

  /** To every process of the service. One that is killed is started again. */
  signal(signal: NodeJS.Signals): void {
    for (const { pid } of this.service.processes()) process.kill(pid, signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal('SIGCONT');
    await this.service.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
