import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { requestOf } from '../../../http/of-context.js';

/** For a page that is made for people: an API key that holds the permission reads the same over REST. */
@Injectable()
export class SessionOnlyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (requestOf(context).principal?.kind === 'user') return true;
    throw new DomainError('forbidden', 'SESSION_REQUIRED', 'This route takes a login, not an API key');
  }
}
