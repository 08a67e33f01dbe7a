import { setTimeout as pause } from 'node:timers/promises';
import { endLeftovers, startMongo, startRedis } from '../services/index.js';
import type { RunningService, ServiceRequest } from '../services/index.js';
import { isSame } from '../services/process/identity.js';
import { readRecords } from '../services/process/records.js';
import type { Host, Terminal } from './host.js';
import { aborted, type StopRequest } from './stop-request.js';

/** Of a running service, what the local run needs. */
export type LocalService = Pick<RunningService, 'uri' | 'name' | 'description' | 'stop'>;

/** Starts what API and worker need; when asked to stop in the middle it returns early with what is up. */
export type StartServices = (host: Host, stop: StopRequest) => Promise<LocalService[]>;

/** A start that is nearly done may finish, so that the service can be stopped properly. */
const FINISH_STARTING_MS = 5000;

/**
 * The database and Redis, in parallel; what an earlier, killed run left is ended first.
 * @throws ServiceUnavailableError when one of them can't be had (the other one is stopped again)
 */
export const startServices: StartServices = async ({ folder, env, terminal }, stop) => {
  await endLeftovers(folder, (line) => terminal.line(line));
  const running: RunningService[] = [];
  const launch = async (title: string, start: typeof startMongo): Promise<void> => {
    const step = terminal.step(title);
    let starting = true;
    step.update('looking for one');
    // The step tells the time itself.
    const report = (line: string): void =>
      starting ? step.update(line.replace(/ \(\d+ s\)$/, '')) : terminal.line(line);
    const request: ServiceRequest = { folder, env, durable: true, supervise: true, report };
    try {
      running.push(await start(request));
    } finally {
      starting = false;
      step.done();
    }
  };
  const launches = [launch('MongoDB', startMongo), launch('Redis', startRedis)];
  const settled = Promise.allSettled(launches);
  await Promise.race([settled, aborted(stop.drain)]);
  if (stop.drain.aborted) {
    await abandon(folder, terminal, settled, stop.hurry);
    return running;
  }
  const failure = (await settled).find((result) => result.status === 'rejected');
  // In the order of the alphabet, whichever was up first.
  if (!failure) return running.sort((one, other) => one.name.localeCompare(other.name));
  await Promise.allSettled(running.map((service) => service.stop()));
  throw failure.reason;
};

async function abandon(
  folder: string,
  terminal: Terminal,
  settled: Promise<unknown>,
  hurry: AbortSignal,
): Promise<void> {
  const step = terminal.step('Stopping');
  step.update('the services are still being started');
  const over = settled.then(() => true);
  if (!(await Promise.race([over, aborted(hurry), pause(FINISH_STARTING_MS)]))) {
    for (const { pid, identity } of readRecords(folder))
      if (isSame(pid, identity)) process.kill(pid, 'SIGKILL');
  }
  step.done();
}
