import { Module, type DynamicModule } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { MongooseModule } from '@nestjs/mongoose';
import { AppModule } from '../app.module.js';
import { ConfigModule } from '../config/config.module.js';
import { MongoModule } from '../infrastructure/mongo/mongo.module.js';
import { WorkerModule } from '../worker.module.js';

function isDynamic(imported: object): imported is DynamicModule {
  return 'module' in imported;
}

function importsOf(imported: object): unknown[] {
  const declared: unknown = Reflect.getMetadata(
    MODULE_METADATA.IMPORTS,
    isDynamic(imported) ? imported.module : imported,
  );
  const dynamic: unknown[] = isDynamic(imported) ? [...(imported.imports ?? [])] : [];
  return Array.isArray(declared) ? [...declared, ...dynamic] : dynamic;
}

/** The models that the module, and all that it imports, registers. Nothing of it is made or started. */
async function modelsIn(root: unknown, seen = new Set<unknown>()): Promise<DynamicModule[]> {
  const imported: unknown = await root;
  if (imported === null || (typeof imported !== 'object' && typeof imported !== 'function')) return [];
  if (seen.has(imported)) return [];
  seen.add(imported);
  if (isDynamic(imported) && imported.module === MongooseModule) {
    // forFeature has providers; forRoot has the connection's module, which is not wanted twice.
    return imported.imports === undefined ? [imported] : [];
  }
  const found: DynamicModule[] = [];
  for (const next of importsOf(imported)) found.push(...(await modelsIn(next, seen)));
  return found;
}

/**
 * Every model of the API and of the worker, and a connection: what is needed to prepare a database, without Redis,
 * queues or seeds. Read from the two root modules, so that no new collection can be forgotten.
 */
@Module({})
export class ModelsModule {
  static async create(): Promise<DynamicModule> {
    const seen = new Set<unknown>();
    const models = [...(await modelsIn(AppModule, seen)), ...(await modelsIn(WorkerModule, seen))];
    return { module: ModelsModule, imports: [ConfigModule, MongoModule, ...models] };
  }
}
