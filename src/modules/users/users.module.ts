import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { HttpModule } from '../../http/http.module.js';
import { JobsModule } from '../../jobs/jobs.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { LoginCodesModule } from '../auth/otp/login-codes.module.js';
import { PasswordsModule } from '../auth/passwords.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { ActingRules } from './acting-rules.js';
import { UserImportsModule } from './imports/user-imports.module.js';
import { UserImportsController } from './imports/user-imports.controller.js';
import { UserImportsService } from './imports/user-imports.service.js';
import { ProfileController } from './profile.controller.js';
import { RoleHoldersRepository } from './role-holders.repository.js';
import { RoleHoldings } from './role-holdings.js';
import { UserExportController } from './user-export.controller.js';
import { UserExportRepository } from './user-export.repository.js';
import { UserExportService } from './user-export.service.js';
import { UserLifecycleController } from './user-lifecycle.controller.js';
import { UserLifecycleService } from './user-lifecycle.service.js';
import { UserRolesController } from './user-roles.controller.js';
import { UserRolesService } from './user-roles.service.js';
import { UserStatisticsController } from './user-statistics.controller.js';
import { UserStatisticsRepository } from './user-statistics.repository.js';
import { UserStatisticsService } from './user-statistics.service.js';
import { UserCache } from './user-cache.js';
import { UserEntity, userSchema } from './user.schema.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [
    HttpModule,
    MongooseModule.forFeature([{ name: UserEntity.name, schema: userSchema }]),
    RolesModule,
    NotificationsModule,
    LoginCodesModule,
    PasswordsModule,
    SessionsModule,
    ApiKeysModule,
    AuditModule,
    JobsModule,
    UserImportsModule,
  ],
  controllers: [
    ProfileController,
    UsersController,
    UserLifecycleController,
    UserRolesController,
    UserStatisticsController,
    UserExportController,
    UserImportsController,
  ],
  providers: [
    UsersRepository,
    AccountsRepository,
    RoleHoldersRepository,
    RoleHoldings,
    ActingRules,
    UserCache,
    UsersService,
    UserLifecycleService,
    UserRolesService,
    UserStatisticsRepository,
    UserStatisticsService,
    UserExportRepository,
    UserExportService,
    UserImportsService,
    AccountsService,
  ],
  exports: [UsersService, AccountsService, ActingRules],
})
export class UsersModule {}
