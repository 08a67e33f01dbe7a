import { Global, Module } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import mongoose from 'mongoose';
import { TelemetryModule } from '../telemetry/telemetry.module.js';
import { CommandSpans } from './command-spans.js';
import { ClockModule } from '../clock.module.js';
import { DatabaseClock } from './database-clock.js';
import { DatabaseConnection } from './database-connection.js';
import { DatabaseIndexes } from './database-indexes.js';
import { PoolMetrics } from './pool-metrics.js';
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
  imports: [ClockModule, TelemetryModule],
  providers: [
    // MongooseModule.forRoot would open the connection at once and hold the boot for a database that is away;
    // DatabaseConnection opens and closes this one.
    { provide: getConnectionToken(), useFactory: () => mongoose.createConnection() },
    UnitOfWork,
    DatabaseConnection,
    DatabaseClock,
    DatabaseIndexes,
    PoolMetrics,
    CommandSpans,
  ],
  exports: [getConnectionToken(), UnitOfWork, DatabaseConnection, DatabaseIndexes],
})
export class MongoModule {}
