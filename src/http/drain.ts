import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const sweepInterval = 50;

/**
 * Serves on for `delay` milliseconds, so that whoever balances between processes can pass this one over before it
 * refuses anything; each answer meanwhile is its connection's last, for clients that keep theirs to go elsewhere. Then
 * stops accepting and resolves when every request that had begun is answered. A connection that was busy when the
 * server closed stays open after its answer, for the client's next request: it is closed here as soon as it is idle.
 */
export async function drainHttp(app: NestFastifyApplication, delay: number): Promise<void> {
  const server = app.getHttpServer();
  server.prependListener('request', (_request: unknown, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  await sleep(delay);
  const sweep = setInterval(() => server.closeIdleConnections(), sweepInterval);
  try {
    await app.getHttpAdapter().close();
  } finally {
    clearInterval(sweep);
  }
}
