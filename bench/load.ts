import type { RecordableHistogram } from 'node:perf_hooks';
import { Connection } from './connection.js';
import type { Side, Slice } from './measure.js';
import type { MeasuredProcess } from './measured-process.js';

export interface Call {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, by POST; absent: a GET. */
  readonly body?: unknown;
}

export interface Target {
  readonly name: string;
  readonly process: MeasuredProcess;
  readonly port: number;
  /** Sent in rotation; every connection begins at another one. */
  readonly calls: readonly Call[];
  /** The status that is no error; 200 when absent. */
  readonly expected?: number;
  /** For servers that answer from memory: nobody else needs the second core. */
  readonly awakeClient?: boolean;
}

export const connections = 40;

/** The target under load from so many connections, each with one request on its way. */
export function loaded(target: Target): Side {
  return { name: target.name, run: (seconds, latencies) => runSlice(target, seconds, latencies) };
}

async function runSlice(target: Target, seconds: number, latencies?: RecordableHistogram): Promise<Slice> {
  const { expected = 200 } = target;
  const requests = target.calls.map((call) => requestOf(target, call));
  const before = target.process.cpuTime();
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
        if (status !== expected) errors++;
        latencies?.record(Math.max(1, Math.round(milliseconds * 1_000)));
      },
      failed: () => errors++,
    }).untilEnd();
  };
  const stop = target.awakeClient === true ? stayAwake() : undefined;
  await Promise.all(Array.from({ length: connections }, (_, index) => open(index)));
  stop?.();

  const elapsed = (performance.now() - startedAt) / 1_000;
  const after = target.process.cpuTime();
  return {
    requestsPerSecond: answered / elapsed,
    cpuPerRequest:
      before === undefined || after === undefined || answered === 0 ? undefined : (after - before) / answered,
    errors,
  };
}

/**
 * Keeps this process asking for what has arrived until the returned function is called. A client that slept for each
 * answer would have the server pay for waking it: on a virtual machine up to 13 us a request, and only for servers
 * that are slower than the client.
 */
function stayAwake(): () => void {
  let awake = true;
  const ask = (): void => {
    if (awake) setImmediate(ask);
  };
  ask();
  return () => {
    awake = false;
  };
}

function requestOf({ port }: Target, { path, headers = {}, body }: Call): Buffer {
  const content = body === undefined ? '' : JSON.stringify(body);
  const fields = Object.entries({
    Host: `127.0.0.1:${port}`,
    Accept: '*/*',
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(content)),
    }),
    ...headers,
  });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(`${body === undefined ? 'GET' : 'POST'} ${path} HTTP/1.1\r\n${head}\r\n${content}`);
}
