import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export interface RunningService {
  process: ChildProcess;
  /** everything it has printed */
  output: () => string;
}

export function startService(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): RunningService {
  const process = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: string[] = [];
  for (const stream of [process.stdout, process.stderr])
    stream.on('data', (chunk) => chunks.push(String(chunk)));
  return { process, output: () => chunks.join('') };
}

/** What production asks for. The database and Redis are out of reach: being alive depends on neither. */
export function productionSettings(): Record<string, string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  return {
    MONGODB_URI: 'mongodb://127.0.0.1:1/nexus?replicaSet=rs0',
    REDIS_URL: 'redis://127.0.0.1:1',
    JWT_PRIVATE_KEYS: JSON.stringify([{ ...privateKey.export({ format: 'jwk' }), kid: randomUUID() }]),
    REFRESH_SECRETS: randomBytes(32).toString('base64url'),
    CSRF_SECRET: randomBytes(32).toString('base64url'),
    CURSOR_SECRET: randomBytes(32).toString('base64url'),
    API_KEY_PEPPERS: `v1:${randomBytes(32).toString('base64url')}`,
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

/** The status of an answer; 0 while nobody answers. */
export async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).status;
  } catch {
    return 0;
  }
}
