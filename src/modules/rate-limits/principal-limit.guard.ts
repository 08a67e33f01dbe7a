import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestLimits } from './request-limits.js';

/** Counts what somebody known asks for. Nearly always without a promise: it runs on every request. */
@Injectable()
export class PrincipalLimitGuard implements CanActivate {
  constructor(private readonly limits: RequestLimits) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const http = context.switchToHttp();
    const { principal } = http.getRequest<FastifyRequest>();
    return principal === undefined || this.limits.byPrincipal(principal, http.getResponse<FastifyReply>());
  }
}
