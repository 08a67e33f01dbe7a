import { createServer } from 'node:net';
import { portOwner } from './port-owner.js';
import { StartError } from './start-error.js';

const TRIES = 200;
/** API and worker look in steps of two, so that neither takes the other's first choice. */
const STRIDE = 2;

export interface PortWish {
  /** What it is for, as people call it: 'the API'. */
  what: string;
  variable: 'PORT' | 'WORKER_PORT';
  /** What the variable says when it is set: then nothing else will do. */
  wanted: string | undefined;
  preferred: number;
}

/**
 * The port to listen on: the wanted one, or the preferred one, or the next that is free (`say` is told).
 * @throws StartError when the wanted one is no port or is taken, naming who has it
 */
export async function choosePort(host: string, wish: PortWish, say: (line: string) => void): Promise<number> {
  const { wanted, preferred, variable, what } = wish;
  if (wanted !== undefined) return wantedPort(host, wanted, wish);
  for (let port = preferred; port < preferred + TRIES * STRIDE; port += STRIDE) {
    if (!(await isFree(host, port))) continue;
    if (port !== preferred)
      say(`Port ${preferred} is taken by ${ownerOf(preferred)}: ${what} gets port ${port}.`);
    return port;
  }
  throw new StartError(`No port is free from ${preferred} on.\nRemedy: set ${variable} to one that is.`);
}

async function wantedPort(host: string, wanted: string, { variable, what }: PortWish): Promise<number> {
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new StartError(`${variable} is '${wanted}': it must be a port from 1 to 65535.`);
  }
  if (await isFree(host, port)) return port;
  throw new StartError(
    `${variable}=${port}, the port of ${what}, is taken by ${ownerOf(port)}.\n` +
      `Remedy: end that program, choose another ${variable}, or leave ${variable} unset: then a free port is taken.`,
  );
}

function ownerOf(port: number): string {
  return portOwner(port) ?? 'another program';
}

/** @throws StartError when the address itself can't be listened on */
function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else
        reject(
          new StartError(
            `Can't listen on ${host}:${port}: ${error.message}.\nRemedy: set HOST (127.0.0.1) and the ports to what this machine allows.`,
          ),
        );
    });
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
