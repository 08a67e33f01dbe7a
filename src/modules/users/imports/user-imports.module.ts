import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { UserImportChunkModelName, UserImportChunkSchema } from './user-import-chunk.schema.js';
import { UserImportModelName, UserImportSchema } from './user-import.schema.js';
import { UserImportsRepository } from './user-imports.repository.js';

/** The stored imports: the API fills them, the worker takes them in. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: UserImportModelName, schema: UserImportSchema },
      { name: UserImportChunkModelName, schema: UserImportChunkSchema },
    ]),
  ],
  providers: [UserImportsRepository],
  exports: [UserImportsRepository],
})
export class UserImportsModule {}
