import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { ProcessItemsHandler } from './process-items.handler.js';
import { ProcessedItemModelName, ProcessedItemSchema } from './processed-item.schema.js';
import { ProcessedItemsRepository } from './processed-items.repository.js';

/** Runs the jobs of the type process-items. */
@Module({
  imports: [
    JobsModule,
    MongooseModule.forFeature([{ name: ProcessedItemModelName, schema: ProcessedItemSchema }]),
  ],
  providers: [ProcessedItemsRepository, ProcessItemsHandler],
})
export class DataProcessingWorkerModule {}
