import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { isAnonymous } from './anonymous.js';
import { accessOf } from '../auth/access-of.js';
import { countsFailuresOnly } from './count-failures.decorator.js';
import { RequestLimits } from './request-limits.js';
import { replyOf, requestOf } from '../../http/of-context.js';

/** Counts what comes without credentials for its address. Those that bring some are counted when it is known whose. */
@Injectable()
export class AddressLimitGuard implements CanActivate {
  constructor(private readonly limits: RequestLimits) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = requestOf(context);
    if (!isAnonymous(request.headers)) return true;
    if (accessOf(context.getClass(), context.getHandler())?.kind === 'probe') return true;
    if (countsFailuresOnly(context.getHandler())) return true;
    return this.limits.byAddress(request.ip, replyOf(context));
  }
}
