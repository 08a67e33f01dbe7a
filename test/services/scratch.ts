import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missingPrograms } from '../../tools/services/debian/machine.js';
import type { User } from '../../tools/services/process/user.js';
import type { ServiceRequest } from '../../tools/services/index.js';

/** A folder for one test that every user can pass through; owned by `user` when one is given. */
export function scratchFolder(user: User | null = null): string {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-services-'));
  chmodSync(folder, 0o755);
  if (user !== null) chownSync(folder, user.uid, user.gid);
  return folder;
}

export function removeScratch(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/** Why the services of Debian packages can't be had here, or null when they can. */
export function noDebian(): string | null {
  const missing = missingPrograms(process.env);
  return missing.length === 0 ? null : `not a Debian-like machine: no ${missing.join(', ')}`;
}

export interface Asked {
  request: ServiceRequest;
  lines: string[];
}

/** A request for supervised services in this folder, with the lines that it was told. */
export function ask(folder: string, more: Partial<ServiceRequest> = {}): Asked {
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  return { lines, request: { folder, durable: true, env: process.env, supervise: true, report, ...more } };
}

/** The entries of a cache folder, finished or not. */
export function cacheEntries(cache: string): string[] {
  return readdirSync(join(cache, 'nexus-backend')).sort();
}

/** The local addresses at which this process listens, as /proc has them: '0100007F:5208'. */
export function listeningAddresses(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
    readFileSync(file, 'utf8').split('\n'),
  );
  return tables.flatMap((line) => {
    const [, local = '', , state = ''] = line.trim().split(/\s+/);
    return state === '0A' && local.endsWith(`:${hex}`) ? [local] : [];
  });
}
