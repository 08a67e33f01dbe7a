import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { accessOf } from './access-of.js';
import { requestOf } from '../../http/of-context.js';

/** May they? Synchronous on purpose: it runs on every request, and a promise costs more than its work. */
@Injectable()
export class PermissionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(context.getClass(), context.getHandler());
    if (access?.kind === 'probe' || access?.kind === 'public') return true;

    const { principal } = requestOf(context);
    if (access === undefined || principal === undefined) {
      throw new DomainError('forbidden', 'FORBIDDEN', 'Access denied');
    }
    if (access.kind === 'authenticated') {
      if (principal.kind === 'user' || access.apiKey) return true;
      throw new DomainError('forbidden', 'SESSION_REQUIRED', 'This route takes a login, not an API key');
    }
    if (access.alternatives.some((name) => principal.permissions.has(name))) return true;
    throw new DomainError(
      'forbidden',
      'FORBIDDEN',
      `This needs the permission ${access.alternatives.join(' or ')}`,
    );
  }
}
