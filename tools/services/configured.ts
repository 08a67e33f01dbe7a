import { Redis } from 'ioredis';
import { MongoClient } from 'mongodb';
import { ServiceUnavailableError, type RunningService } from './service.js';

const CONNECT_MS = 5_000;

/** A service that runs without us: nothing of it is started or ended here. */
export function configuredService(name: RunningService['name'], uri: string): RunningService {
  const title = name === 'mongodb' ? 'MongoDB' : 'Redis';
  const description = `${title} at ${withoutPassword(uri)}, as configured`;
  return { uri, name, source: 'configured', description, processes: () => [], stop: () => Promise.resolve() };
}

/**
 * Connects for real. @throws ServiceUnavailableError when the server can't be reached, refuses the credentials, or is
 * a standalone one, which has no transactions.
 */
export async function checkMongo(uri: string, withinMs = CONNECT_MS): Promise<void> {
  let hello: Record<string, unknown>;
  let client: MongoClient | null = null;
  try {
    client = new MongoClient(uri, { serverSelectionTimeoutMS: withinMs, connectTimeoutMS: withinMs });
    await client.connect();
    await client.db().command({ ping: 1 });
    hello = await client.db('admin').command({ hello: 1 });
  } catch (error) {
    throw unreachable('MONGODB_URI', uri, error);
  } finally {
    await client?.close();
  }
  if (typeof hello['setName'] === 'string' || hello['msg'] === 'isdbgrid') return;
  throw new ServiceUnavailableError(
    `MONGODB_URI names ${withoutPassword(uri)}, a standalone MongoDB, and that has no transactions. ` +
      'Start it with --replSet rs0 and call rs.initiate() once, or unset MONGODB_URI to get one by itself.',
  );
}

/** Connects for real. @throws ServiceUnavailableError when the server can't be reached or refuses us. */
export async function checkRedis(uri: string, withinMs = CONNECT_MS): Promise<void> {
  let client: Redis | null = null;
  try {
    client = new Redis(uri, {
      lazyConnect: true,
      connectTimeout: withinMs,
      commandTimeout: withinMs,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    const refused = new Promise<never>((_, reject) => client?.on('error', reject));
    await Promise.race([client.connect().then(() => client?.ping()), refused]);
  } catch (error) {
    throw unreachable('REDIS_URL', uri, error);
  } finally {
    client?.disconnect();
  }
}

function unreachable(variable: string, uri: string, error: unknown): ServiceUnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ServiceUnavailableError(
    `${variable} names ${withoutPassword(uri)}, but that does not answer: ${reason.replaceAll(uri, withoutPassword(uri))}. ` +
      `Start it, correct ${variable}, or unset it to get a local one by itself.`,
  );
}

/** The address with its password left out, for messages. */
export function withoutPassword(uri: string): string {
  return uri.replace(/^([a-z+]+:\/\/)([^/]*)@/i, (_, scheme: string, credentials: string) => {
    const [user = ''] = credentials.split(':');
    return `${scheme}${user}:***@`;
  });
}
