import { resolve } from 'node:path';
import type { Program } from '../support/program.js';

/** To be set for a program that is to be asked by `loadedBy`. */
export const tellsLoaded = { NODE_OPTIONS: `--import ${resolve(import.meta.dirname, 'tell-loaded.mjs')}` };

/** The packages of OpenTelemetry that the program has loaded so far. */
export async function loadedBy(program: Program): Promise<string[]> {
  process.kill(program.pid, 'SIGUSR2');
  const { loaded } = await program.line((line) => line.loaded !== undefined);
  return Array.isArray(loaded) ? loaded.map(String) : [];
}
