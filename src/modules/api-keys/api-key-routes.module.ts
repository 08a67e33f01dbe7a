import { Module } from '@nestjs/common';
import { HttpModule } from '../../http/http.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyAccessModule } from './api-key-access.module.js';
import { ApiKeyManagementService } from './api-key-management.service.js';
import { ApiKeyRules } from './api-key-rules.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysModule } from './api-keys.module.js';

/** Keys as users make, list and end them. */
@Module({
  imports: [
    HttpModule,
    AuditModule,
    NotificationsModule,
    RolesModule,
    SessionsModule,
    UsersModule,
    ApiKeysModule,
    ApiKeyAccessModule,
  ],
  controllers: [ApiKeysController],
  providers: [ApiKeyRules, ApiKeyManagementService],
})
export class ApiKeyRoutesModule {}
