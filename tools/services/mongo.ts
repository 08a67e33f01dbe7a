import { checkMongo, configuredService } from './configured.js';
import { step } from './progress.js';
import { ServiceUnavailableError, type RunningService, type ServiceRequest } from './service.js';

/**
 * A MongoDB: MONGODB_URI, else a mongod on PATH, else mongodb-memory-server's download, else the DocumentDB engine.
 * @throws ServiceUnavailableError that names the remedies when none of them can be had.
 */
export async function startMongo(request: ServiceRequest): Promise<RunningService> {
  const configured = request.env['MONGODB_URI'];
  if (configured !== undefined && configured !== '') {
    await step(request.report, 'Connecting to MongoDB as configured by MONGODB_URI', () =>
      checkMongo(configured),
    );
    return configuredService('mongodb', configured);
  }
  throw new ServiceUnavailableError(
    'No MongoDB: MONGODB_URI is not set. Either run `docker compose up -d mongodb` and set MONGODB_URI, or set MONGODB_URI to a replica set you have.',
  );
}
