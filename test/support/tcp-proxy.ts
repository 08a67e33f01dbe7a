import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

interface Pair {
  readonly client: Socket;
  readonly target: Socket;
}

/**
 * A wire between the program under test and a real service, to be broken at will. What is frozen is kept, not lost:
 * a thaw delivers it, as a stopped process that goes on would.
 */
export class TcpProxy {
  private readonly pairs = new Set<Pair>();
  private frozen = false;
  private server: Server | undefined;
  private bound = 0;
  private delay = 0;

  private constructor(
    private readonly targetHost: string,
    private readonly targetPort: number,
  ) {}

  /** Forwards from a free loopback port to the target; `open: false` only reserves the port and refuses connections. */
  static async to(host: string, port: number, { open = true } = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(host, port);
    await proxy.restore();
    if (!open) await proxy.cut();
    return proxy;
  }

  get port(): number {
    return this.bound;
  }

  get connections(): number {
    return this.pairs.size;
  }

  /** Connections stay open and new ones are accepted, but nothing is forwarded: a process that got SIGSTOP. */
  freeze(): void {
    this.frozen = true;
    for (const { client, target } of this.pairs) {
      client.pause();
      target.pause();
    }
  }

  /** What the target answers from now on comes so many milliseconds later. */
  slow(milliseconds: number): void {
    this.delay = milliseconds;
  }

  thaw(): void {
    this.frozen = false;
    for (const { client, target } of this.pairs) {
      client.resume();
      target.resume();
    }
  }

  /** Every connection is reset and new ones are refused: a process that got SIGKILL. */
  async cut(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    this.destroyPairs();
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    this.destroyPairs();
    await closed;
  }

  /** Accepts again, on the same port, and forwards. */
  async restore(): Promise<void> {
    this.frozen = false;
    this.thaw();
    if (this.server !== undefined) return;
    const server = createServer({ pauseOnConnect: true }, (client) => this.accept(client));
    server.listen(this.bound, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
    this.bound = address.port;
    this.server = server;
  }

  async close(): Promise<void> {
    await this.cut();
  }

  private accept(client: Socket): void {
    const target = connect(this.targetPort, this.targetHost);
    const pair = { client, target };
    this.pairs.add(pair);
    const end = () => {
      this.pairs.delete(pair);
      client.destroy();
      target.destroy();
    };
    const late: Buffer[] = [];
    const answer = (chunk: Buffer): void => {
      if (this.delay === 0 && late.length === 0) return this.pass(chunk, target, client);
      late.push(chunk);
      // In their order, whichever timer is first once the delay has changed.
      setTimeout(() => this.pass(late.shift(), target, client), this.delay);
    };
    client.on('data', (chunk: Buffer) => this.pass(chunk, client, target));
    target.on('data', answer);
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    if (this.frozen) target.pause();
    else client.resume();
  }

  private pass(chunk: Buffer | undefined, from: Socket, to: Socket): void {
    // Back-pressure: without it a slow reader fills this process's memory.
    if (chunk === undefined || to.destroyed || to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (!this.frozen) from.resume();
    });
  }

  private destroyPairs(): void {
    for (const { client, target } of this.pairs) {
      client.resetAndDestroy();
      target.destroy();
    }
    this.pairs.clear();
  }
}
