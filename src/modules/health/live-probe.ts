import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { live } from './liveness.js';

const path = '/health/live';
const answer = JSON.stringify(live);

/**
 * Answers the plain GET of the probe from a hook: Nest's way to the handler awaits every guard of the application,
 * which for this answer is a third of its cost. HealthController.live declares the route and answers all else of it.
 */
@Injectable()
export class LiveProbe implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost<FastifyAdapter>) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onRequest', (request, reply, done) => {
      if (request.url !== path || request.method !== 'GET') return done();
      reply
        .header('Cache-Control', 'no-store')
        .header('Content-Type', 'application/json; charset=utf-8')
        .send(answer);
    });
  }
}
