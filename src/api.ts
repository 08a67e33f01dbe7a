import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { httpConfig } from './config/http.config.js';
import { createAdapter } from './http/adapter.js';
import { configureHttp } from './http/configure-http.js';
import { ServiceLogger } from './infrastructure/logging/service-logger.js';

/** The API, configured and initialised but not listening: what main.ts and the tests start from. */
export async function createApi(): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, createAdapter(httpConfig()), {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(ServiceLogger));
  await configureHttp(app);
  await app.init();
  return app;
}
