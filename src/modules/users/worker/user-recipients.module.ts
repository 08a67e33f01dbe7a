import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { UserEntity, userSchema } from '../user.schema.js';
import { AccountsRepository } from '../accounts.repository.js';
import { UserRecipients } from './user-recipients.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: UserEntity.name, schema: userSchema }])],
  providers: [AccountsRepository, UserRecipients],
  exports: [UserRecipients],
})
export class UserRecipientsModule {}
