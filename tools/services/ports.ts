import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * Below the range that operating systems take outgoing connections' ports from. A client that keeps trying to reach
 * a service which is down could otherwise be given the service's own port, connect to itself, and hold it.
 */
const FIRST = 20_000;
const LAST = 31_999;

/** Tells whether this machine lets us listen on the loopback port now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** @throws Error when a hundred random ports are all taken. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${FIRST} and ${LAST} on 127.0.0.1.`);
}

/** The port that `name` had last time in this folder when it is still free, else a fresh one, remembered. */
export async function rememberedPort(folder: string, name: string): Promise<number> {
  const file = join(folder, 'run', `${name}.port`);
  const before = readPort(file);
  if (before !== null && (await isFree(before))) return before;
  const port = await freePort();
  mkdirSync(join(folder, 'run'), { recursive: true });
  writeFileSync(file, `${port}\n`);
  return port;
}

function readPort(file: string): number | null {
  try {
    const port = Number(readFileSync(file, 'utf8').trim());
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : null;
  } catch {
    return null;
  }
}
