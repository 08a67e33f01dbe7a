import { administrator, type RunningApi } from '../support/app.js';
import { bearer, caller } from './callers.js';

export const password = 'Another-Horse-8-Battery';

export interface Account {
  readonly email: string;
  /** Each call logs in anew, from an address of its own. */
  token(): Promise<string>;
  refreshToken(): Promise<string>;
}

/** Makes active users; nothing of it counts for an address or a user that a test looks at. */
export async function accountMaker(api: RunningApi): Promise<(email: string) => Promise<Account>> {
  const login = async (email: string, secret: string) => {
    const reply = await caller(api.url).post('/api/auth/login', { email, password: secret });
    if (reply.status !== 200) throw new Error(reply.text);
    return reply.body.data;
  };
  const admin = bearer(String((await login(administrator.email, administrator.password))?.accessToken));
  return async (email) => {
    const created = await caller(api.url).post('/api/users', { email, name: 'Somebody', password }, admin);
    if (created.status !== 201) throw new Error(created.text);
    return {
      email,
      token: async () => String((await login(email, password))?.accessToken),
      refreshToken: async () => String((await login(email, password))?.refreshToken),
    };
  };
}
