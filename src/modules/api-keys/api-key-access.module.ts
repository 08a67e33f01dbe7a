import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { AuditModule } from '../audit/audit.module.js';
import { RolesModule } from '../roles/roles.module.js';
import { UsersModule } from '../users/users.module.js';
import { ApiKeyAuthentication } from './api-key-authentication.js';
import { ApiKeyUsageModelName, ApiKeyUsageSchema } from './api-key-usage.schema.js';
import { ApiKeyUsageRepository } from './api-key-usage.repository.js';
import { ApiKeyUsageService } from './api-key-usage.service.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { ApiKeyModelName, ApiKeySchema } from './api-key.schema.js';
import { ApiKeysModule } from './api-keys.module.js';
import { KeyActivity } from './key-activity.js';
import { KeyHasher } from './key-hasher.js';
import { OldKeyUses } from './old-key-uses.js';
import { QuotaCounterModelName, QuotaCounterSchema } from './quota-counter.schema.js';
import { QuotaCountersRepository } from './quota-counters.repository.js';
import { Quotas } from './quotas.js';
import { RememberedKeys } from './remembered-keys.js';
import { SharedCounters } from './shared-counters.js';

/** Keys as requests bring them: for the API, where AuthModule asks who comes with one. */
@Module({
  imports: [
    AuditModule,
    RolesModule,
    UsersModule,
    ApiKeysModule,
    MongooseModule.forFeature([
      { name: ApiKeyModelName, schema: ApiKeySchema },
      { name: ApiKeyUsageModelName, schema: ApiKeyUsageSchema },
      { name: QuotaCounterModelName, schema: QuotaCounterSchema },
    ]),
  ],
  providers: [
    KeyHasher,
    RememberedKeys,
    ApiKeyVerifier,
    ApiKeyUsageRepository,
    ApiKeyUsageService,
    KeyActivity,
    OldKeyUses,
    ApiKeyAuthentication,
    SharedCounters,
    QuotaCountersRepository,
    Quotas,
  ],
  exports: [ApiKeyAuthentication, ApiKeyUsageService, KeyHasher, Quotas],
})
export class ApiKeyAccessModule {}
