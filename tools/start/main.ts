import { ServiceUnavailableError } from '../services/index.js';
import type { Host } from './host.js';
import { LocalRun } from './local-run.js';
import { forAll, forTheApi } from './node-options.js';
import { startServices } from './services.js';
import { StartError } from './start-error.js';
import { defaultTiming } from './timing.js';

/**
 * `npm start` and `npm run dev` once the checkout is set up: real services, API and worker, until Ctrl-C.
 * @returns the exit code: 0 after a stop that was asked for, 1 when the run could not go on (the reason is printed)
 */
export async function startLocally(host: Host): Promise<number> {
  const programs = {
    api: [process.execPath, ...forTheApi, 'dist/main.js'],
    worker: [process.execPath, ...forAll, 'dist/worker.js'],
  } as const;
  try {
    await new LocalRun(host, programs, startServices, defaultTiming).run();
    return 0;
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ServiceUnavailableError)) throw error;
    host.terminal.line(error.message);
    return 1;
  }
}
