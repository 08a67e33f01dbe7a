import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { isAnonymous } from './anonymous.js';
import { isProbe } from '../../http/probe-routes.js';
import { RequestLimits } from './request-limits.js';

/**
 * Counts requests for what no route answers: guards never see them. Nobody checks credentials there, so only those
 * without any are counted.
 */
@Injectable()
export class UnknownRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly limits: RequestLimits,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance().addHook('onRequest', (request, reply, done) => {
      const goOn = (): void => done();
      if (!request.is404 || isProbe(request) || !isAnonymous(request.headers)) return goOn();
      this.count(request.ip, reply).then(goOn, done);
    });
  }

  private async count(address: string, target: Parameters<RequestLimits['byAddress']>[1]): Promise<void> {
    await this.limits.byAddress(address, target);
  }
}
