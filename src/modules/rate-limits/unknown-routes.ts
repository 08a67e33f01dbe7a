import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { isProbe } from '../../http/probe-routes.js';
import { PublicRequests } from '../auth/public-requests.js';

/**
 * Counts requests for what no route answers, which guards never see. By whoever asks, as on a public route: else any
 * made-up credentials would be a way around the limit.
 */
@Injectable()
export class UnknownRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly publicRequests: PublicRequests,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onRequest', (request, reply, done) => {
      const goOn = (): void => done();
      if (!request.is404 || isProbe(request)) return goOn();
      this.publicRequests.count(request, reply).then(goOn, done);
    });
  }
}
