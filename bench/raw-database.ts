import { connections } from './load.js';
import type { MeasuredProcess } from './measured-process.js';
import type { Side, Slice } from './measure.js';

/** The driver alone, in a process of its own, with as many calls in flight as the API has connections to it. */
export class RawDatabase {
  constructor(private readonly process: MeasuredProcess) {}

  side(name: string, work: 'list' | 'insert', database: string): Side {
    return {
      name,
      run: async (seconds) =>
        sliceFrom(await this.process.ask({ work, database, seconds, inFlight: connections })),
    };
  }

  /** Reads all users once, one after the other. */
  async readUsers(database: string): Promise<Slice> {
    return sliceFrom(await this.process.ask({ work: 'read', database }));
  }
}

function sliceFrom(message: unknown): Slice {
  const fields = new Map(typeof message === 'object' && message !== null ? Object.entries(message) : []);
  const requestsPerSecond: unknown = fields.get('requestsPerSecond');
  const cpuPerRequest: unknown = fields.get('cpuPerRequest');
  if (typeof requestsPerSecond !== 'number' || typeof cpuPerRequest !== 'number') {
    throw new Error(`the driver failed: ${String(fields.get('error'))}`);
  }
  return { requestsPerSecond, cpuPerRequest, errors: 0 };
}
