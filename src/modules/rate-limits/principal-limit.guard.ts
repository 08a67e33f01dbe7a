import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { RequestLimits } from './request-limits.js';
import { replyOf, requestOf } from '../../http/of-context.js';

/** Counts what somebody known asks for. Nearly always without a promise: it runs on every request. */
@Injectable()
export class PrincipalLimitGuard implements CanActivate {
  constructor(private readonly limits: RequestLimits) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const { principal } = requestOf(context);
    return principal === undefined || this.limits.byPrincipal(principal, replyOf(context));
  }
}
