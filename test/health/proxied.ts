import { inject } from 'vitest';
import type { Json } from '../support/client.js';
import { databaseUri, isolatedSettings } from '../support/app.js';
import { fastest } from '../support/fastest.js';
import { TcpProxy } from '../support/tcp-proxy.js';

export interface ProxiedServices {
  readonly mongo: TcpProxy;
  readonly redis: TcpProxy;
  /** Settings of a process that reaches both services only through the proxies. */
  readonly settings: Record<string, string>;
  close(): Promise<void>;
}

/** A database and queues of their own, behind wires that the test can freeze and cut. */
export async function proxiedServices({ open = true } = {}): Promise<ProxiedServices> {
  const isolated = isolatedSettings();
  const mongoUrl = new URL(isolated['MONGODB_URI'] ?? '');
  const redisUrl = new URL(inject('redisUrl'));
  const mongo = await TcpProxy.to(mongoUrl.hostname, Number(mongoUrl.port || 27_017), { open });
  const redis = await TcpProxy.to(redisUrl.hostname, Number(redisUrl.port || 6_379), { open });
  // Direct: else the driver would leave the proxy for the address that the server names.
  const direct = new URL(databaseUri(mongoUrl.href, mongoUrl.pathname.slice(1)));
  direct.host = `127.0.0.1:${mongo.port}`;
  direct.searchParams.delete('replicaSet');
  direct.searchParams.set('directConnection', 'true');
  redisUrl.host = `127.0.0.1:${redis.port}`;
  return {
    mongo,
    redis,
    settings: { ...isolated, MONGODB_URI: direct.href, REDIS_URL: redisUrl.href },
    close: async () => {
      await Promise.all([mongo.close(), redis.close()]);
    },
  };
}

export interface ProbeAnswer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
  readonly milliseconds: number;
}

export async function probe(url: string, path: string): Promise<ProbeAnswer> {
  const startedAt = performance.now();
  const answer = await fetch(`${url}${path}`, { headers: { connection: 'close' } });
  const body: Json = JSON.parse(await answer.text());
  const milliseconds = performance.now() - startedAt;
  return { status: answer.status, body, headers: answer.headers, milliseconds };
}

/** The fastest of a few probes, one of which is enough when it takes less than `limit` (milliseconds). */
export async function probeWithin(limit: number, url: string, path: string): Promise<ProbeAnswer> {
  const answers: ProbeAnswer[] = [];
  const tries = 5;
  await fastest(limit, async () => answers.push(await probe(url, path)), tries);
  const [best] = answers.toSorted((a, b) => a.milliseconds - b.milliseconds);
  if (best === undefined) throw new Error('no probe was answered');
  return best;
}

/** Asks until the status comes. @throws Error when it does not within the limit (milliseconds). */
export async function untilStatus(
  url: string,
  path: string,
  status: number,
  limit: number,
): Promise<ProbeAnswer & { readonly after: number }> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await probe(url, path);
    const after = performance.now() - startedAt;
    if (answer.status === status) return { ...answer, after };
    if (after > limit) {
      throw new Error(`${path} still answers ${answer.status}: ${JSON.stringify(answer.body)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
