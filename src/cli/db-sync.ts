import 'reflect-metadata';
import { loadEnvironment } from '../config/environment.js';

loadEnvironment();
// Imported late on purpose: modules read their settings while they load.
const { DatabaseIndexes } = await import('../infrastructure/mongo/database-indexes.js');
const { ModelsModule } = await import('./models.module.js');
const { runTask, TaskError } = await import('./task.js');

await runTask(ModelsModule.create(), async (context) => {
  const indexes = context.get(DatabaseIndexes);
  const missing = await indexes.missing();
  await indexes.create();
  const remaining = await indexes.missing();
  if (remaining.length > 0) throw new TaskError(`These indexes could not be made: ${remaining.join(', ')}`);
  for (const name of missing) console.log(`created ${name}`);
  console.log(
    missing.length === 0
      ? 'The database has every collection and index.'
      : `${missing.length} indexes created.`,
  );
});
