import { Module } from '@nestjs/common';
import { HttpModule } from '../../http/http.module.js';
import { AuditController } from './audit.controller.js';
import { AuditModule } from './audit.module.js';
import { AuditedRefusals } from './audited-refusals.js';

/** What the API adds to the trail: reading it, and an entry of each refused request. */
@Module({
  imports: [HttpModule, AuditModule],
  controllers: [AuditController],
  providers: [AuditedRefusals],
})
export class AuditApiModule {}
