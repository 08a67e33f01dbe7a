import { canUse, unprivilegedUser } from './process/user.js';
import { checkRedis, configuredService } from './configured.js';
import { findOnPath } from './path-search.js';
import { runRedis } from './redis/server.js';
import { step } from './progress.js';
import { ServiceUnavailableError, type RunningService, type ServiceRequest } from './service.js';

/**
 * A Redis: REDIS_URL, else redis-server on PATH, else Debian's package unpacked into the cache.
 * @throws ServiceUnavailableError that names the remedies when none of them can be had.
 */
export async function startRedis(request: ServiceRequest): Promise<RunningService> {
  const { env, report } = request;
  const configured = env['REDIS_URL'];
  if (configured !== undefined && configured !== '') {
    await step(report, 'Connecting to Redis as configured by REDIS_URL', () => checkRedis(configured));
    return configuredService('redis', configured);
  }
  const installed = findOnPath('redis-server', env['PATH']);
  if (installed !== null) {
    const nobody = await unprivilegedUser();
    const user = nobody !== null && (await canUse(nobody, installed, 'execute')) ? nobody : null;
    return step(report, `Starting Redis (${installed})`, () =>
      runRedis(request, {
        command: installed,
        source: 'installed',
        origin: `of this machine (${installed})`,
        user,
      }),
    );
  }
  throw new ServiceUnavailableError(
    'No Redis: REDIS_URL is not set and there is no redis-server on PATH. ' +
      'Either run `docker compose up -d redis` and set REDIS_URL=redis://127.0.0.1:6379, set REDIS_URL to a server you have, or install redis-server.',
  );
}
