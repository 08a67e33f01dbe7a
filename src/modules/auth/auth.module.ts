import { Module } from '@nestjs/common';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { HttpModule } from '../../http/http.module.js';
import { ApiKeyAccessModule } from '../api-keys/api-key-access.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { AccountCache } from './account-cache.js';
import { AccessTokens } from './access-tokens.js';
import { AuthController } from './auth.controller.js';
import { Authentication } from './authentication.js';
import { AuthService } from './auth.service.js';
import { CsrfController } from './csrf.controller.js';
import { CurrentPassword } from './current-password.js';
import { EmailChangeController } from './email-change/email-change.controller.js';
import { EmailChangeService } from './email-change/email-change.service.js';
import { FirstAdministrator } from './first-administrator.js';
import { JwksController } from './jwks.controller.js';
import { LoginAnswer } from './login-answer.js';
import { LoginsService } from './logins.service.js';
import { NotedAttempts } from './noted-attempts.js';
import { LoginCodesModule } from './otp/login-codes.module.js';
import { OtpController } from './otp/otp.controller.js';
import { OtpService } from './otp/otp.service.js';
import { PasswordsModule } from './passwords.module.js';
import { PrincipalService } from './principal.service.js';
import { PublicRequests } from './public-requests.js';
import { RecoveryController } from './recovery/recovery.controller.js';
import { RecoveryService } from './recovery/recovery.service.js';
import { EmailVerificationService } from './registration/email-verification.service.js';
import { RegistrationAttemptsModule } from './registration/registration-attempts.module.js';
import { RegistrationController } from './registration/registration.controller.js';
import { RegistrationService } from './registration/registration.service.js';
import { Seeding } from './seeding.js';
import { TokenKeys } from './token-keys.js';
import { UserRights } from './user-rights.js';

/** The API only: it seeds. Its guards are made by AppModule, where their order is written down. */
@Module({
  imports: [
    ApiKeyAccessModule,
    ApiKeysModule,
    AuditModule,
    HttpModule,
    LoginCodesModule,
    NotificationsModule,
    PasswordsModule,
    RateLimitsModule,
    RegistrationAttemptsModule,
    RolesModule,
    SessionsModule,
    UsersModule,
  ],
  controllers: [
    AuthController,
    RegistrationController,
    RecoveryController,
    OtpController,
    EmailChangeController,
    CsrfController,
    JwksController,
  ],
  providers: [
    TokenKeys,
    AccessTokens,
    AccountCache,
    UserRights,
    PrincipalService,
    Authentication,
    PublicRequests,
    LoginsService,
    LoginAnswer,
    AuthService,
    RegistrationService,
    EmailVerificationService,
    RecoveryService,
    OtpService,
    NotedAttempts,
    CurrentPassword,
    EmailChangeService,
    FirstAdministrator,
    Seeding,
  ],
  exports: [AccessTokens, Authentication, PrincipalService, PublicRequests, UserRights],
})
export class AuthModule {}
