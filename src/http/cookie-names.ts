import { appConfig } from '../config/app.config.js';

export interface CookieNames {
  readonly access: string;
  readonly refresh: string;
  readonly csrf: string;
  readonly device: string;
}

/**
 * The prefixes make a browser refuse what another host or plain HTTP sets under these names (RFC 6265bis, section
 * 4.1.3). They need TLS, which a local run has not. The refresh cookie has a path of its own, so it is no __Host-.
 */
export function cookieNamesOf(inProduction: boolean): CookieNames {
  return inProduction
    ? { access: '__Host-access', refresh: '__Secure-refresh', csrf: '__Host-csrf', device: '__Secure-device' }
    : { access: 'access', refresh: 'refresh', csrf: 'csrf', device: 'device' };
}

export const isSecure = appConfig().environment === 'production';
export const cookieNames = cookieNamesOf(isSecure);

/** One cookie of a Cookie header (RFC 6265, section 5.4); undefined when it is absent or empty. */
export function cookieOf(header: string | undefined, name: string): string | undefined {
  if (header === undefined) return undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals).trim() === name)
      return pair.slice(equals + 1).trim() || undefined;
  }
  return undefined;
}
