import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { loadEnvironment } from './config/environment.js';

loadEnvironment();
// Imported late on purpose: modules read their settings while they load.
const { createApi } = await import('./api.js');
const { httpConfig } = await import('./config/http.config.js');
const { Readiness } = await import('./modules/health/readiness.js');
const { EventStreams } = await import('./http/event-streams.js');
const { drainHttp } = await import('./http/drain.js');
const { closeOnSignal } = await import('./shutdown.js');

const { host, port, shutdownDelay } = httpConfig();
const app = await createApi();
closeOnSignal(async () => {
  app.get(Readiness).beginShutdown();
  // They would never end by themselves; their clients reconnect to whoever serves then.
  app.get(EventStreams, { strict: false }).closeAll();
  // Answers first: what a request still needs must not close under it.
  await drainHttp(app, shutdownDelay);
  await app.close();
});
try {
  await app.listen(port, host);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `The API cannot listen on ${host}:${port}: ${reason}. Set HOST and PORT to what is free.\n`,
  );
  process.exit(1);
}
new Logger('Api').log({ url: await app.getUrl() }, 'listening');
