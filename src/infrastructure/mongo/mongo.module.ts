import { Global, Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import mongoose from 'mongoose';
import { DatabaseConnection } from './database-connection.js';
import { DatabaseIndexes } from './database-indexes.js';
import { UnitOfWork } from './unit-of-work.js';

// Before any schema is compiled. A filter with an unknown path is a mistake, never an empty filter; operators in
// values are neutralised unless a repository wrote them and says so by mongoose.trusted().
mongoose.set({
  strictQuery: 'throw',
  sanitizeFilter: true,
  bufferCommands: false,
  transactionAsyncLocalStorage: true,
  autoIndex: false,
  autoCreate: false,
});

@Global()
@Module({
  // No address here: DatabaseConnection opens it, so that a database which is away does not hold the boot.
  imports: [MongooseModule.forRootAsync({ useFactory: () => ({ lazyConnection: true }) })],
  providers: [UnitOfWork, DatabaseConnection, DatabaseIndexes],
  exports: [UnitOfWork, DatabaseConnection, DatabaseIndexes],
})
export class MongoModule {}
