import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rotateKeys } from '../../tools/start/rotate-keys.js';
import { localSecrets } from '../../tools/start/secrets.js';
import { administrator, isolatedSettings, startApi, type RunningApi } from '../support/app.js';
import type { Client } from '../support/client.js';

/** As `npm start` starts it, before and after `npm run keys:rotate`; all over one database. */
describe('the signing key of a local run is rotated', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nexus-keys-'));
  const file = join(folder, 'secrets.json');
  const settings = isolatedSettings();
  const started: RunningApi[] = [];
  const said: string[] = [];
  const kids: string[] = [];
  const tokens: string[] = [];

  function rotate(env: NodeJS.ProcessEnv = {}): number {
    const line = (text = ''): void => void said.push(text);
    const step = () => ({ update: () => undefined, done: () => undefined });
    return rotateKeys({ folder, env, terminal: { live: false, write: line, line, step } });
  }

  async function start(): Promise<RunningApi> {
    const api = await startApi({ ...settings, JWT_PRIVATE_KEYS: localSecrets(file).JWT_PRIVATE_KEYS });
    started.push(api);
    return api;
  }

  async function logIn(client: Client): Promise<void> {
    const reply = await client.post('/api/auth/login', administrator);
    const token = String(reply.body.data?.accessToken);
    tokens.push(token);
    kids.push(String(decodeProtectedHeader(token).kid));
  }

  const statuses = (client: Client): Promise<number[]> =>
    Promise.all(
      tokens.map(async (token) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await client.get('/api/users/me', { headers })).status;
      }),
    );

  async function published(client: Client): Promise<unknown[]> {
    const { keys }: { keys: object[] } = JSON.parse((await client.get('/.well-known/jwks.json')).text);
    for (const key of keys)
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    return keys.map((key) => ('kid' in key ? key.kid : undefined));
  }

  beforeAll(async () => {
    await logIn((await start()).client);
    expect(rotate()).toBe(0);
    await logIn((await start()).client);
    expect(rotate()).toBe(0);
    await logIn((await start()).client);
  });
  afterAll(async () => {
    for (const api of started) await api.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('each time to a new one, which signs from the next start on', () => {
    expect(new Set(kids).size).toBe(3);
    expect(said.join('\n')).toContain(`${kids[1]} signs access tokens; ${kids[0]} still verifies`);
    expect(said.join('\n')).toContain('npm start');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('and tokens of the one before are taken, and both are published', async () => {
    const second = started[1]?.client;
    if (second === undefined) throw new Error('not started');
    expect(await published(second)).toEqual([kids[1], kids[0]]);
    // The third was signed by a key that this process has not been told.
    expect(await statuses(second)).toEqual([200, 200, 401]);
  });

  it('and tokens of a key that was taken out are refused', async () => {
    const third = started[2]?.client;
    if (third === undefined) throw new Error('not started');
    expect(await published(third)).toEqual([kids[2], kids[1]]);
    expect(await statuses(third)).toEqual([401, 200, 200]);
  });

  it('but not when the keys are set from outside: it says how', () => {
    const before = localSecrets(file).JWT_PRIVATE_KEYS;
    expect(rotate({ JWT_PRIVATE_KEYS: '[]' })).toBe(1);
    expect(said.join('\n')).toContain('add the new key at the end');
    expect(localSecrets(file).JWT_PRIVATE_KEYS).toBe(before);
  });
});
