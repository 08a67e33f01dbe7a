import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { UserEntity, userSchema } from '../user.schema.js';
import { UserFiguresSource } from './user-figures-source.js';
import { UserFiguresRepository } from './user-figures.repository.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: UserEntity.name, schema: userSchema }])],
  providers: [UserFiguresRepository, UserFiguresSource],
  exports: [UserFiguresSource],
})
export class UserFiguresModule {}
