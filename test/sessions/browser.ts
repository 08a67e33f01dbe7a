import { Client, type CallOptions, type Reply } from '../support/client.js';

interface Cookie {
  readonly value: string;
  readonly path: string;
  /** As the server wrote it, behind the value. */
  readonly attributes: string;
}

/** As much of a browser as cookies need: it keeps them by their paths and drops those that have ended. */
export class Browser {
  readonly cookies = new Map<string, Cookie>();
  private readonly client: Client;

  constructor(
    readonly url: string,
    /** What a browser says of where a request comes from. */
    private readonly from: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
  ) {
    this.client = new Client(url);
  }

  async call(method: string, path: string, { body, headers = {} }: CallOptions = {}): Promise<Reply> {
    const sent = [...this.cookies].filter(([, cookie]) => path.startsWith(cookie.path));
    const cookie = sent.map(([name, { value }]) => `${name}=${value}`).join('; ');
    const reply = await this.client.call(method, path, {
      body,
      headers: { ...this.from, ...(cookie !== '' && { cookie }), ...headers },
    });
    for (const line of reply.headers.getSetCookie()) this.keep(line);
    return reply;
  }

  get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    this.call('GET', path, { headers });

  /** A write with the token that a page would have asked for. */
  async write(method: string, path: string, body?: unknown): Promise<Reply> {
    return this.call(method, path, { body, headers: { 'x-csrf-token': await this.csrfToken() } });
  }

  async csrfToken(): Promise<string> {
    return String((await this.get('/api/csrf-token')).body.data?.csrfToken);
  }

  login(credentials: { email: string; password: string }): Promise<Reply> {
    return this.write('POST', '/api/auth/login', { ...credentials, transport: 'cookie' });
  }

  private keep(line: string): void {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(?:; )?(.*)$/.exec(line) ?? [];
    const path = /(?:^|; )Path=([^;]+)/.exec(attributes)?.[1] ?? '/';
    if (/(?:^|; )Max-Age=0(?:;|$)/.test(attributes)) this.cookies.delete(name);
    else this.cookies.set(name, { value, path, attributes });
  }
}
