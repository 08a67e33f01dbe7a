import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError } from '../../common/domain-error.js';
import { Quotas } from './quotas.js';
import { requestOf } from '../../http/of-context.js';

/** Has the key requests left? After the limit of its rate: what that refuses costs no quota. */
@Injectable()
export class ApiKeyQuotaGuard implements CanActivate {
  constructor(
    private readonly quotas: Quotas,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const { principal } = requestOf(context);
    if (principal?.kind !== 'apiKey' || principal.quota === undefined) return true;
    return this.take(principal.quota);
  }

  private async take(quota: Parameters<Quotas['take']>[0]): Promise<true> {
    const until = await this.quotas.take(quota);
    if (until === undefined) return true;
    const retryAfter = Math.max(1, Math.ceil((until.getTime() - this.clock.now().getTime()) / 1_000));
    throw new DomainError(
      'too-many',
      'QUOTA_EXCEEDED',
      `This API key has used up its quota of ${quota.limit} requests a ${quota.period}`,
      { retryAfter },
    );
  }
}
