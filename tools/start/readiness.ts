import { get } from 'node:http';

const ANSWER_WITHIN_MS = 3000;

/**
 * Asks a readiness probe once.
 * @returns 'ready' on a 200, else in a few words why not ('answers 503', 'no answer yet')
 */
export function askReadiness(url: string): Promise<string> {
  return new Promise((resolve) => {
    const request = get(url, { agent: false, timeout: ANSWER_WITHIN_MS }, (response) => {
      response.resume();
      resolve(response.statusCode === 200 ? 'ready' : `answers ${response.statusCode}`);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve('no answer yet'));
  });
}

/** The address at which a server that listens on this host is reached from this machine. */
export function localUrl(host: string, port: number): string {
  const anywhere: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' };
  const name = anywhere[host] ?? (host.includes(':') ? `[${host}]` : host);
  return `http://${name}:${port}`;
}
