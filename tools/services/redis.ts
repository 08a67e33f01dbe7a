import { cacheFolder } from './cache.js';
import { checkRedis, configuredService } from './configured.js';
import { unpacked } from './debian/install.js';
import { findOnPath } from './path-search.js';
import { endLeftovers } from './process/leftovers.js';
import { canUse, unprivilegedUser } from './process/user.js';
import { step } from './progress.js';
import { redisRecipe } from './redis/recipe.js';
import { runRedis } from './redis/server.js';
import { type RunningService, type ServiceRequest } from './service.js';
import { firstThatWorks, type Way } from './ways.js';
import { join } from 'node:path';

const REMEDIES =
  'Do one of these: run `docker compose -f docker-compose.services.yml up -d --wait` and set REDIS_URL as .env.example shows; ' +
  'set REDIS_URL to a server that you have; or install redis-server so that it is on PATH.';

/** The real thing behind each way, replaceable by a test of their order. */
export interface RedisWays {
  configured(request: ServiceRequest, uri: string): Promise<RunningService>;
  installed(request: ServiceRequest, command: string): Promise<RunningService>;
  unpacked(request: ServiceRequest): Promise<RunningService>;
}

const realWays: RedisWays = {
  configured: async ({ report }, uri) => {
    await step(report, 'Connecting to Redis as configured by REDIS_URL', () => checkRedis(uri));
    return configuredService('redis', uri);
  },
  installed: async (request, command) => {
    const nobody = await unprivilegedUser();
    const user = nobody !== null && (await canUse(nobody, command, 'execute')) ? nobody : null;
    return step(request.report, `Starting Redis (${command})`, () =>
      runRedis(request, { command, source: 'installed', origin: `of this machine (${command})`, user }),
    );
  },
  unpacked: async (request) => {
    const { env, report } = request;
    const user = await unprivilegedUser();
    const entry = await unpacked(redisRecipe, await cacheFolder(env, user), env, report);
    const command = join(entry.path, 'bin', 'redis-server');
    const version = entry.note.replace(/^Redis /, '');
    return step(report, `Starting ${entry.note}`, () =>
      runRedis(request, {
        command,
        source: 'unpacked',
        origin: `${version}, unpacked from Debian packages`,
        user,
      }),
    );
  },
};

/**
 * A Redis: REDIS_URL, else redis-server on PATH, else Debian's package unpacked into the cache.
 * @throws ServiceUnavailableError that names the remedies when none can be had, or the configured one is away.
 */
export async function startRedis(
  request: ServiceRequest,
  ways: RedisWays = realWays,
): Promise<RunningService> {
  const { env, report } = request;
  const configured = env['REDIS_URL'] ?? '';
  if (configured !== '') return ways.configured(request, configured);
  // Two servers on one data folder would ruin it.
  await endLeftovers(request.folder, report);
  const installed = findOnPath('redis-server', env['PATH']);
  const order: Way[] = [
    {
      title: 'redis-server on PATH',
      start: installed === null ? null : () => ways.installed(request, installed),
      otherwise: 'there is none',
    },
    { title: 'Redis from Debian packages', start: () => ways.unpacked(request), otherwise: '' },
  ];
  return firstThatWorks('Redis', order, REMEDIES, report);
}
