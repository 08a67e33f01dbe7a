import 'reflect-metadata';
import { once } from 'node:events';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { announce } from './announce.js';

@Controller()
class EmptyController {
  @Get()
  empty(): object {
    return {};
  }
}

@Module({ controllers: [EmptyController] })
class EmptyModule {}

// Nest on Fastify as it comes: what every ratio of this bench is measured against.
const app = await NestFactory.create<NestFastifyApplication>(EmptyModule, new FastifyAdapter(), {
  logger: false,
});
await app.listen(0, '127.0.0.1');
announce(app.getHttpServer().address());
await once(process, 'SIGTERM');
await app.close();
