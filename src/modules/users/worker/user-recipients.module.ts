import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { UserEntity, userSchema } from '../user.schema.js';
import { UsersRepository } from '../users.repository.js';
import { UserRecipients } from './user-recipients.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: UserEntity.name, schema: userSchema }])],
  providers: [UsersRepository, UserRecipients],
  exports: [UserRecipients],
})
export class UserRecipientsModule {}
