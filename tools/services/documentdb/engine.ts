import { cacheFolder } from '../cache.js';
import { isUnpacked, unpacked } from '../debian/install.js';
import { removeData } from '../placement.js';
import { rememberedPort } from '../ports.js';
import { step } from '../progress.js';
import { unprivilegedUser } from '../process/user.js';
import type { RunningService, ServiceRequest } from '../service.js';
import { gatewayUri, startGateway } from './gateway-process.js';
import { startPostgres } from './postgres.js';
import { documentdbRecipe } from './recipe.js';
import { DATA, prepareData, updateExtensions } from './data.js';
import { dataTemplate } from './template.js';

/**
 * The DocumentDB engine (PostgreSQL with the documentdb extension) behind our wire gateway, unpacked from Debian's
 * packages into the cache when it isn't there yet.
 * @throws ServiceUnavailableError when this machine can't have it; Error with the log's end when it doesn't start.
 */
export async function startEngine(request: ServiceRequest): Promise<RunningService> {
  const { folder, env, report, durable, supervise } = request;
  const user = await unprivilegedUser();
  const engine = await unpacked(documentdbRecipe, await cacheFolder(env, user), env, report);
  const template = await dataTemplate(engine, report);
  const { data, password } = await prepareData(request, template, user);
  const postgresPort = await rememberedPort(folder, 'postgres');
  const port = await rememberedPort(folder, 'gateway');
  const postgres = await step(report, `Starting ${engine.note}`, () =>
    startPostgres({ ...request, home: engine.path, data, port: postgresPort, password, user }),
  );
  try {
    await updateExtensions(postgresPort, password, report);
    const gateway = await step(report, 'Starting the gateway that speaks MongoDB for it', () =>
      startGateway({ folder, port, postgresPort, password, supervise, report }),
    );
    return {
      uri: gatewayUri(port),
      name: 'mongodb',
      source: 'unpacked',
      description: `${engine.note}, unpacked from Debian packages, port ${port}`,
      postgresPort,
      postgresPassword: password,
      processes: () => [...gateway.processes(), ...postgres.processes()],
      stop: async () => {
        await gateway.stop();
        await postgres.stop();
        if (!durable) removeData(folder, DATA);
      },
    };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** true: an earlier run of this user unpacked the engine. */
export async function engineIsCached(env: NodeJS.ProcessEnv): Promise<boolean> {
  return isUnpacked(documentdbRecipe, await cacheFolder(env, await unprivilegedUser()), env);
}
