import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { MailerModule } from '../../../infrastructure/mailer/mailer.module.js';
import { JobsModule } from '../../../jobs/jobs.module.js';
import { RecipientDirectory } from '../../notifications/recipient-directory.js';
import { ApiKeyHolderModelName, ApiKeyHolderSchema } from '../api-key-holder.schema.js';
import { ApiKeyModelName, ApiKeySchema } from '../api-key.schema.js';
import { ApiKeysRepository } from '../api-keys.repository.js';
import { ExpiryMailHandler } from './expiry-mail.handler.js';
import { ExpirySweep } from './expiry-sweep.js';

interface Recipients {
  readonly module: Type;
  /** A provider that the module exports. */
  readonly directory: Type<RecipientDirectory>;
}

/** Tells owners of their keys' end. */
@Module({})
export class ApiKeysWorkerModule {
  static withRecipients({ module, directory }: Recipients): DynamicModule {
    return {
      module: ApiKeysWorkerModule,
      imports: [
        JobsModule,
        MailerModule,
        module,
        MongooseModule.forFeature([
          { name: ApiKeyModelName, schema: ApiKeySchema },
          { name: ApiKeyHolderModelName, schema: ApiKeyHolderSchema },
        ]),
      ],
      providers: [
        { provide: RecipientDirectory, useExisting: directory },
        ApiKeysRepository,
        ExpirySweep,
        ExpiryMailHandler,
      ],
    };
  }
}
