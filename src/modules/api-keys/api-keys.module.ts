import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ApiKeyHolderModelName, ApiKeyHolderSchema } from './api-key-holder.schema.js';
import { ApiKeyModelName, ApiKeySchema } from './api-key.schema.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';

/** Apart from the modules of access and routes, which need users: users end keys. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: ApiKeyModelName, schema: ApiKeySchema },
      { name: ApiKeyHolderModelName, schema: ApiKeyHolderSchema },
    ]),
  ],
  providers: [ApiKeysRepository, ApiKeysService],
  // The repository for this capability's own other module; another capability takes the service.
  exports: [ApiKeysRepository, ApiKeysService],
})
export class ApiKeysModule {}
