import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { HttpModule } from '../../http/http.module.js';
import { PasswordsModule } from '../auth/passwords.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AccountsService } from './accounts.service.js';
import { ActingRules } from './acting-rules.js';
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
    PasswordsModule,
    SessionsModule,
  ],
  controllers: [UsersController],
  providers: [UsersRepository, ActingRules, UsersService, AccountsService],
  exports: [UsersService, AccountsService],
})
export class UsersModule {}
