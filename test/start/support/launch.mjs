// The local run of tools/start with stand-ins for its programs and one for its database, as a process of its own.
import { appendFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalRun } from '../../../build/tools/start/local-run.js';
import { defaultTiming } from '../../../build/tools/start/timing.js';
import { takeLock } from '../../../scripts/process-lock.mjs';
import { createTerminal } from '../../../scripts/terminal.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.NEXUS_FOLDER;
const note = (text) => appendFileSync(process.env.EVENTS_FILE, `${text}\n`);
const startServices = async () => {
  note('database started');
  return [
    {
      name: 'mongodb',
      uri: 'mongodb://stand-in',
      description: 'a stand-in',
      stop: async () => note('database stopped'),
    },
  ];
};

const program = (role) => [process.execPath, join(here, 'stand-in.mjs'), role];
const { lock, holder } = takeLock(join(folder, 'run', 'start.lock'), {});
if (holder) {
  console.log(`held by ${holder.pid} at ${holder.url}`);
  process.exit(1);
}
const host = {
  root: process.env.ROOT ?? join(here, '../../..'),
  folder,
  env: process.env,
  terminal: createTerminal(process.stdout),
  lock,
  orphaned: () => existsSync(join(folder, 'orphaned')),
  watch: process.env.ROOT !== undefined,
};
const timing = { ...defaultTiming, ...JSON.parse(process.env.TIMING ?? '{}') };
const programs = { api: program('api'), worker: program('worker') };
new LocalRun(host, programs, startServices, timing).run().then(
  () => process.exit(0),
  (error) => {
    console.log(error.name === 'StartError' ? error.message : error);
    process.exit(1);
  },
);
