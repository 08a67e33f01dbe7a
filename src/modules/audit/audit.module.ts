import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { Clock } from '../../common/clock.js';
import { AuditEntryModelName, AuditEntrySchema } from './audit-entry.schema.js';
import { AuditRepository } from './audit.repository.js';
import { AuditService } from './audit.service.js';

@Module({
  imports: [MongooseModule.forFeature([{ name: AuditEntryModelName, schema: AuditEntrySchema }])],
  providers: [AuditRepository, AuditService, Clock],
  exports: [AuditService],
})
export class AuditModule {}
