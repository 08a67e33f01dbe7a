import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AuditBuffer } from './audit-buffer.js';
import { AuditEntryModelName, AuditEntrySchema } from './audit-entry.schema.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';

/** Writing the trail: for every process. Reading it by REST is AuditApiModule. */
@Module({
  imports: [MongooseModule.forFeature([{ name: AuditEntryModelName, schema: AuditEntrySchema }])],
  providers: [AuditRepository, AuditBuffer, AuditService],
  exports: [AuditService],
})
export class AuditModule {}
