import { applyDecorators, UseGuards } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RecentLoginGuard } from './recent-login.guard.js';

/**
 * Step-up, on a handler beside its access declaration: answers 403 RECENT_LOGIN_REQUIRED when the session's login is
 * 10 minutes old or more, and to API keys. The guard runs after the permission guard. The controller's module must
 * import SessionsModule.
 */
export const RecentLogin = (): MethodDecorator =>
  applyDecorators(UseGuards(RecentLoginGuard), ApiExtension('x-recent-login', '10m'));
