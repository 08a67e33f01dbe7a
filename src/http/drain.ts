import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const sweepInterval = 50;

/**
 * Stops accepting and resolves when every request that had begun is answered. A connection that was busy when the
 * server closed stays open after its answer, for the client's next request: it is closed here as soon as it is idle.
 */
export async function drainHttp(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const sweep = setInterval(() => server.closeIdleConnections(), sweepInterval);
  try {
    await app.getHttpAdapter().close();
  } finally {
    clearInterval(sweep);
  }
}
