import { existsSync } from 'node:fs';
import { checkEnvironment } from './sections.js';
import { InvalidEnvironmentError } from './section.js';

/**
 * Reads `.env` where there is one (what is already set wins) and checks everything that this process will need.
 * Call it before any module is imported: modules read their settings while they load.
 * Ends the process with status 78 (EX_CONFIG of sysexits.h) and the whole list when something is wrong.
 */
export function loadEnvironment(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    checkEnvironment(process.env);
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(78);
  }
}
