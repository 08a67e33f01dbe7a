import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RunningCollector {
  readonly url: string;
  /** Batches of spans so far. */
  taken(): number;
  stop(): Promise<void>;
}

/** Takes spans by OTLP over HTTP and throws them away. */
export async function startCollector(): Promise<RunningCollector> {
  let taken = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      taken++;
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('the collector does not listen');
  return {
    url: `http://127.0.0.1:${address.port}`,
    taken: () => taken,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
