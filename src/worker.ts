import 'reflect-metadata';
import { loadEnvironment } from './config/environment.js';

loadEnvironment();
// Imported late on purpose: modules read their settings while they load.
const { NestFactory } = await import('@nestjs/core');
const { Logger } = await import('nestjs-pino');
const { closeOnSignal } = await import('./shutdown.js');
const { WorkerModule } = await import('./worker.module.js');

const app = await NestFactory.createApplicationContext(WorkerModule, {
  bufferLogs: true,
  abortOnError: false,
});
app.useLogger(app.get(Logger));
closeOnSignal(() => app.close());
