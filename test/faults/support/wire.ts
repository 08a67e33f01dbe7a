import { TcpProxy } from '../../support/tcp-proxy.js';

/** A service as a program is told of it, behind a wire that the test can cut, freeze and slow down. */
export interface Wire {
  readonly proxy: TcpProxy;
  /** The service's address by way of the wire. */
  readonly uri: string;
}

/** `open: false`: the service is away at first. */
export async function wireTo(uri: string, { open = true } = {}): Promise<Wire> {
  const url = new URL(uri);
  const isRedis = url.protocol === 'redis:';
  const proxy = await TcpProxy.to(url.hostname, Number(url.port || (isRedis ? 6_379 : 27_017)), { open });
  url.host = `127.0.0.1:${proxy.port}`;
  if (!isRedis) {
    // Direct: else the driver would leave the wire for the address that the server names.
    url.searchParams.delete('replicaSet');
    url.searchParams.set('directConnection', 'true');
  }
  return { proxy, uri: url.href };
}
