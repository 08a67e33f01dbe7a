import { Client, type Reply } from '../support/client.js';

/** A caller who brings a key instead of a token. */
export function withKey(url: string, key: string, headers: Readonly<Record<string, string>> = {}) {
  const client = new Client(url);
  return (method: string, path: string, body?: unknown): Promise<Reply> =>
    client.call(method, path, {
      headers: { 'x-api-key': key, ...headers },
      ...(body !== undefined && { body }),
    });
}

export interface MadeKey {
  readonly id: string;
  readonly key: string;
  /** GET of a path with the key. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Reply>;
}

function madeKey(url: string, { status, body, text }: Reply): MadeKey {
  if (status !== 201) throw new Error(`no key was made: ${text}`);
  const key = String(body.data?.key);
  return {
    id: String(body.data?.id),
    key,
    get: (path, headers) => withKey(url, key, headers)('GET', path),
  };
}

/** @throws Error when the key is refused. */
export async function makeKey(client: Client, wish: object = {}): Promise<MadeKey> {
  return madeKey(client.url, await client.post('/api/api-keys', { name: 'test', ...wish }));
}

/** @throws Error when the rotation is refused. */
export async function rotateKey(client: Client, id: string, body: object = {}): Promise<MadeKey> {
  return madeKey(client.url, await client.post(`/api/api-keys/${id}/rotate`, body));
}

let made = 0;

/** A user with a password, and roles by name or id, logged in. */
export async function makeUser(
  administrator: Client,
  roles?: readonly string[],
): Promise<{ id: string; client: Client; login: () => Promise<Client> }> {
  made += 1;
  const credentials = { email: `user-${made}@nexus.test`, password: 'Correct-Horse-7-Battery' };
  const reply = await administrator.post('/api/users', {
    name: 'Somebody',
    ...credentials,
    ...(roles && { roles }),
  });
  if (reply.status !== 201) throw new Error(`no user was made: ${reply.text}`);
  const login = () => new Client(administrator.url).login(credentials);
  return { id: String(reply.body.data?.id), client: await login(), login };
}
