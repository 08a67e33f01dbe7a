import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import { TcpProxy } from './tcp-proxy.js';

export interface ReceivedMail {
  readonly to: readonly string[];
  /** As it came, headers and all. */
  readonly text: string;
}

/** A real SMTP server that keeps what it is given. Its wire can be cut: it is away then. */
export class MailServer implements AsyncDisposable {
  readonly received: ReceivedMail[] = [];
  /** Addresses that it does not want, and the code that it says so with. */
  readonly refused = new Map<string, number>();
  private readonly server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _, done) => {
      const responseCode = this.refused.get(address);
      done(responseCode === undefined ? null : Object.assign(new Error('no such mailbox'), { responseCode }));
    },
    onData: (stream, { envelope }, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = envelope.rcptTo.map(({ address }) => address);
        this.received.push({ to, text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });

  private constructor() {
    this.server.on('error', () => undefined);
  }

  private proxy: TcpProxy | undefined;

  static async start(): Promise<MailServer> {
    const mails = new MailServer();
    const listening = mails.server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    if (typeof address !== 'object' || address === null) throw new Error('the mail server has no port');
    mails.proxy = await TcpProxy.to('127.0.0.1', address.port);
    return mails;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.wire.port}`;
  }

  get wire(): TcpProxy {
    if (this.proxy === undefined) throw new Error('the mail server was not started');
    return this.proxy;
  }

  /** The mails that this address got. */
  to(address: string): ReceivedMail[] {
    return this.received.filter(({ to }) => to.includes(address));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.proxy?.close();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
