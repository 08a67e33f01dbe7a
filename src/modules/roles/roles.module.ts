import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { HttpModule } from '../../http/http.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { permissionSchema } from './permission.schema.js';
import { PermissionsController } from './permissions.controller.js';
import { PermissionsRepository } from './permissions.repository.js';
import { RoleCache } from './role-cache.js';
import { RoleManagementService } from './role-management.service.js';
import { roleSchema } from './role.schema.js';
import { RoleSeeds } from './role-seeds.js';
import { RolesController } from './roles.controller.js';
import { RolesRepository } from './roles.repository.js';
import { RolesService } from './roles.service.js';

@Module({
  imports: [
    HttpModule,
    AuditModule,
    MongooseModule.forFeature([
      { name: 'Permission', schema: permissionSchema },
      { name: 'Role', schema: roleSchema },
    ]),
  ],
  controllers: [RolesController, PermissionsController],
  providers: [
    PermissionsRepository,
    RolesRepository,
    RoleCache,
    RolesService,
    RoleManagementService,
    RoleSeeds,
  ],
  exports: [RolesService, RoleSeeds],
})
export class RolesModule {}
