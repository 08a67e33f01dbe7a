import 'reflect-metadata';
import { loadEnvironment } from './config/environment.js';

loadEnvironment();
// Imported late on purpose: modules read their settings while they load.
const { NestFactory } = await import('@nestjs/core');
const { ServiceLogger } = await import('./infrastructure/logging/service-logger.js');
const { Readiness } = await import('./modules/health/readiness.js');
const { closeOnSignal } = await import('./shutdown.js');
const { WorkerModule } = await import('./worker.module.js');

const app = await NestFactory.createApplicationContext(WorkerModule, {
  bufferLogs: true,
  abortOnError: false,
});
app.useLogger(app.get(ServiceLogger));
closeOnSignal(async () => {
  // First of all: closing waits for the jobs that run, and the probe answers meanwhile.
  app.get(Readiness).beginShutdown();
  await app.close();
});
