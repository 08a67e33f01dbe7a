import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import { Connection } from './connection.js';
import type { MeasuredProcess } from './measured-process.js';

export interface Call {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Target {
  readonly name: string;
  readonly process: MeasuredProcess;
  readonly port: number;
  /** Sent in rotation; every connection begins at another one. */
  readonly calls: readonly Call[];
}

/** What one target did in one slice of time. */
export interface Slice {
  readonly requestsPerSecond: number;
  /** CPU time of the server a request, in microseconds; undefined where the kernel does not tell. */
  readonly cpuPerRequest: number | undefined;
  /** How much of one core the server and this client used. */
  readonly serverLoad: number | undefined;
  readonly clientLoad: number;
  /** Answers other than 200, and broken connections. */
  readonly errors: number;
}

export const connections = 40;

/** Loads the target for so many seconds; latencies, in microseconds, are added to the histogram. */
export async function runSlice(
  target: Target,
  seconds: number,
  latencies?: RecordableHistogram,
): Promise<Slice> {
  const requests = target.calls.map((call) => requestOf(target, call));
  const serverBefore = target.process.cpuTime();
  const clientBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  let answered = 0;
  let errors = 0;

  const open = (index: number): Promise<void> => {
    let at = Math.floor((index * requests.length) / connections);
    return new Connection(target.port, {
      next: () => (performance.now() < endsAt ? requests[at++ % requests.length] : undefined),
      answered: (status, milliseconds) => {
        answered++;
        if (status !== 200) errors++;
        latencies?.record(Math.max(1, Math.round(milliseconds * 1_000)));
      },
      failed: () => errors++,
    }).untilEnd();
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => open(index)));

  const elapsed = (performance.now() - startedAt) * 1_000;
  const client = process.cpuUsage(clientBefore);
  const serverAfter = target.process.cpuTime();
  const server =
    serverBefore === undefined || serverAfter === undefined ? undefined : serverAfter - serverBefore;
  return {
    requestsPerSecond: (answered * 1_000_000) / elapsed,
    cpuPerRequest: server === undefined || answered === 0 ? undefined : server / answered,
    serverLoad: server === undefined ? undefined : server / elapsed,
    clientLoad: (client.user + client.system) / elapsed,
    errors,
  };
}

export function newLatencies(): RecordableHistogram {
  return createHistogram();
}

function requestOf({ port }: Target, { path, headers = {} }: Call): Buffer {
  const fields = Object.entries({ Host: `127.0.0.1:${port}`, Accept: '*/*', ...headers });
  return Buffer.from(
    `GET ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`,
  );
}
