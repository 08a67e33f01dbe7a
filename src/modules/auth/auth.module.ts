import { Module } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { RolesModule } from '../roles/roles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccessTokens } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { AuthenticateGuard } from './authenticate.guard.js';
import { FirstAdministrator } from './first-administrator.js';
import { JwksController } from './jwks.controller.js';
import { PasswordsModule } from './passwords.module.js';
import { PermissionGuard } from './permission.guard.js';
import { PrincipalService } from './principal.service.js';
import { Seeding } from './seeding.js';
import { TokenKeys } from './token-keys.js';

/** The API only: it seeds, and its guards are registered in AppModule by `useExisting`. */
@Module({
  imports: [PasswordsModule, RolesModule, SessionsModule, UsersModule],
  controllers: [AuthController, JwksController],
  providers: [
    Clock,
    TokenKeys,
    AccessTokens,
    PrincipalService,
    AuthService,
    AuthenticateGuard,
    PermissionGuard,
    FirstAdministrator,
    Seeding,
  ],
  exports: [AuthenticateGuard, PermissionGuard],
})
export class AuthModule {}
