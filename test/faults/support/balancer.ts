import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at whether a target wants connections. */
const lookInterval = 200;
/** Milliseconds: a target that does not say so by then does not. */
const lookLimit = 5_000;

interface Target {
  readonly port: number;
  ready: boolean;
}

/**
 * What stands in front of several processes in earnest, as small as it can be: hands each new connection to the next
 * process, passes bytes and ends on as they are, and passes over a process that says it is not ready or refuses.
 */
export class Balancer implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();
  private readonly stopped = new AbortController();
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly targets: readonly Target[],
    readonly url: string,
  ) {
    server.on('connection', (client) => void this.serve(client));
    for (const target of targets) void this.watch(target);
  }

  /** In front of what listens on these ports of this machine, all of it ready. */
  static async before(ports: readonly number[]): Promise<Balancer> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the balancer has no port');
    const targets = ports.map((port) => ({ port, ready: true }));
    return new Balancer(server, targets, `http://127.0.0.1:${address.port}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopped.abort();
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private async serve(client: Socket): Promise<void> {
    this.keep(client);
    for (let left = this.targets.length; left > 0; left -= 1) {
      const target = this.next();
      if (target === undefined) break;
      const server = connect({ port: target.port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
      this.keep(server);
      try {
        await once(server, 'connect');
      } catch {
        target.ready = false;
        continue;
      }
      join(client, server);
      join(server, client);
      return;
    }
    client.resetAndDestroy();
  }

  private next(): Target | undefined {
    const ready = this.targets.filter((target) => target.ready);
    this.turn += 1;
    return ready[this.turn % ready.length];
  }

  private async watch(target: Target): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      target.ready = await isReady(target.port);
      await sleep(lookInterval, undefined, { signal }).catch(() => undefined);
    }
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
  }
}

/** What the one side sends, its end and its breaking off reach the other. */
function join(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on('error', () => to.resetAndDestroy());
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(lookLimit),
    });
    await answer.text();
    return answer.status === 200;
  } catch {
    return false;
  }
}
