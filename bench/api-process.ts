import { join } from 'node:path';
import { freePort } from '../tools/services/ports.js';
import { forTheApi } from '../tools/start/node-options.js';
import { localSecrets } from '../tools/start/secrets.js';
import { ApiClient } from './api-client.js';
import { MeasuredProcess } from './measured-process.js';
import { populate, type Population } from './population.js';

export interface ServiceAddresses {
  readonly mongo: string;
  readonly redis: string;
  /** What the names of its keys in Redis begin with. */
  readonly keys: string;
}

export interface RunningApi {
  readonly process: MeasuredProcess;
  readonly port: number;
  readonly population: Population;
}

const administratorEmail = 'bench-admin@example.com';

/**
 * Our API as production runs it (the built files, its limits and its log lines, written to a file), with users in it.
 * @param nodeOptions for a profile of the process, e.g. --cpu-prof
 */
export async function startApi(
  root: string,
  folder: string,
  services: ServiceAddresses,
  counts: { users: number; tokens: number },
  nodeOptions: readonly string[] = [],
  name = 'api',
): Promise<RunningApi> {
  const { process, port, password } = await start(root, folder, services, nodeOptions, name);
  try {
    const administrator = { email: administratorEmail, password };
    const population = await populate(new ApiClient(`http://127.0.0.1:${port}`), administrator, counts);
    return { process, port, population };
  } catch (error) {
    await process.stop();
    throw error;
  }
}

/** One more, over the users of another, that asks nobody who they are before it shows a user. */
export async function startOpenApi(
  root: string,
  folder: string,
  services: ServiceAddresses,
  { population }: RunningApi,
): Promise<RunningApi> {
  const options = ['--import', join(root, 'bench/servers/open-by-id.mjs')];
  return { ...(await start(root, folder, services, options, 'open-api')), population };
}

/** One more, over the users of another, that records this share of its traces. */
export async function startTracedApi(
  root: string,
  folder: string,
  services: ServiceAddresses,
  { population }: RunningApi,
  { url, share }: { url: string; share: number },
): Promise<RunningApi> {
  const settings = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: String(share),
    OTEL_BSP_SCHEDULE_DELAY: '1000',
  };
  return { ...(await start(root, folder, services, [], 'traced-api', settings)), population };
}

async function start(
  root: string,
  folder: string,
  services: ServiceAddresses,
  nodeOptions: readonly string[],
  name: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<{ process: MeasuredProcess; port: number; password: string }> {
  const secrets = localSecrets(join(folder, 'secrets.json'));
  const port = await freePort();
  const process = MeasuredProcess.start({
    name,
    command: [...forTheApi, ...nodeOptions, join(root, 'dist/main.js')],
    outputFile: join(folder, `${name}.log`),
    env: {
      ...secrets,
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      PORT: String(port),
      MONGODB_URI: services.mongo,
      REDIS_URL: services.redis,
      QUEUE_PREFIX: `{${services.keys}}`,
      MONGODB_AUTO_INDEX: 'true',
      LOG_LEVEL: 'info',
      LOG_PRETTY: 'false',
      ADMIN_EMAIL: administratorEmail,
      // Only logins hash, and none is measured here.
      BCRYPT_COST: '4',
      ACCESS_TOKEN_TTL: '1h',
      // They count each request, and refuse none of these.
      RATE_LIMIT_ANONYMOUS: '1000000/15m',
      RATE_LIMIT_PRINCIPAL: '1000000/15m',
      MAIL_FOLDER: join(folder, 'mail'),
      ...settings,
    },
  });
  try {
    await process.untilReady(`http://127.0.0.1:${port}/health/ready`);
    return { process, port, password: secrets.ADMIN_PASSWORD };
  } catch (error) {
    await process.stop();
    throw error;
  }
}
