import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { AuditModule } from '../../audit/audit.module.js';
import { InvitationsModule } from '../../notifications/invitations.module.js';
import { UserImportsModule } from '../imports/user-imports.module.js';
import { UserEntity, userSchema } from '../user.schema.js';
import { ImportUsersHandler } from './import-users.handler.js';
import { ImportedUsersRepository } from './imported-users.repository.js';

/** Takes in what POST /api/users/import accepted. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: UserEntity.name, schema: userSchema }]),
    JobsModule,
    AuditModule,
    InvitationsModule,
    UserImportsModule,
  ],
  providers: [ImportedUsersRepository, ImportUsersHandler],
})
export class UserImportsWorkerModule {}
