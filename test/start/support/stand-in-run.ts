import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from '../../../tools/services/index.js';
import { identityOf } from '../../../tools/services/process/identity.js';
import { freePort } from '../../../tools/services/ports.js';
import { StartedProgram } from './started-program.js';

const root = join(import.meta.dirname, '../../..');

export interface StandInOptions {
  api?: 'crash' | 'never-ready' | 'deaf';
  worker?: 'crash' | 'never-ready' | 'deaf';
  timing?: Record<string, number>;
  env?: NodeJS.ProcessEnv;
}

/** A folder in which the local run is started with stand-ins for its programs, as often as a test likes. */
export class StandInRun {
  readonly folder = mkdtempSync(join(tmpdir(), 'nexus-start-'));
  private readonly programs: StartedProgram[] = [];
  private ports: NodeJS.ProcessEnv = {};

  async start({ api, worker, timing, env }: StandInOptions = {}): Promise<StartedProgram> {
    this.ports = { PORT: String(await freePort()), WORKER_PORT: String(await freePort()) };
    const program = new StartedProgram([join(root, 'test/start/support/launch.mjs')], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        ...this.ports,
        NEXUS_FOLDER: this.folder,
        EVENTS_FILE: this.eventsFile,
        TIMING: JSON.stringify({ firstPauseMs: 50, ...timing }),
        ...(api && { STAND_IN_API: api }),
        ...(worker && { STAND_IN_WORKER: worker }),
        ...env,
      },
    });
    this.programs.push(program);
    return program;
  }

  /** What happened, in order: `api 123 began`, `database stopped`. */
  events(): string[] {
    return existsSync(this.eventsFile) ? readFileSync(this.eventsFile, 'utf8').trim().split('\n') : [];
  }

  /** The process ids of all stand-ins that ever began. */
  pids(role?: 'api' | 'worker'): number[] {
    const began = this.events().map((event) => /^(\w+) (\d+) began$/.exec(event));
    return began.flatMap((match) => (match && (!role || match[1] === role) ? [Number(match[2])] : []));
  }

  url(role: 'api' | 'worker', path: string): string {
    return `http://127.0.0.1:${this.ports[role === 'api' ? 'PORT' : 'WORKER_PORT']}${path}`;
  }

  async remove(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.kill()));
    await endLeftovers(join(this.folder, 'app'), () => undefined);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get eventsFile(): string {
    return join(this.folder, 'events');
  }
}

/** Whether a process lives; one that ended and that nobody asked about yet does not. */
export function lives(pid: number): boolean {
  return identityOf(pid) !== null;
}
