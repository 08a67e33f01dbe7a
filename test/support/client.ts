export interface Credentials {
  readonly email: string;
  readonly password: string;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Parsed JSON, to be looked into: any path may be absent. */
export interface Json {
  readonly [key: string]: Json | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer is not JSON. */
  readonly body: Json;
}

/** A caller of the API, with the token of one user or of nobody. */
export class Client {
  constructor(
    readonly url: string,
    private readonly token?: string,
  ) {}

  get = (path: string, options: CallOptions = {}): Promise<Reply> => this.call('GET', path, options);
  post = (path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> =>
    this.call('POST', path, { ...options, body });
  patch = (path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> =>
    this.call('PATCH', path, { ...options, body });
  put = (path: string, body?: unknown, options: CallOptions = {}): Promise<Reply> =>
    this.call('PUT', path, { ...options, body });
  delete = (path: string, options: CallOptions = {}): Promise<Reply> => this.call('DELETE', path, options);

  async call(method: string, path: string, { body, headers = {} }: CallOptions = {}): Promise<Reply> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: {
        ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('application/json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  }

  /** A client that acts as the user. @throws Error when the login is refused. */
  async login(credentials: Credentials): Promise<Client> {
    const reply = await this.post('/api/auth/login', credentials);
    if (reply.status !== 200) throw new Error(`login failed: ${reply.text}`);
    return new Client(this.url, String(reply.body.data?.accessToken));
  }
}
