import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeKey } from '../api-keys/keys.js';
import { Client, type CallOptions, type Json } from '../support/client.js';

export interface TwoProcesses {
  /** The administrator on one process, and on the other. */
  readonly a: Client;
  readonly b: Client;
}

const password = 'Correct-Horse-7-Battery';
const having = (tag: unknown, headers: Record<string, string> = {}): CallOptions => ({
  headers: { 'if-none-match': String(tag), ...headers },
});

export function httpCacheFlows(running: () => TwoProcesses): void {
  let a: Client;
  let b: Client;
  beforeAll(() => {
    ({ a, b } = running());
  });

  async function manager(name: string): Promise<{ id: string; client: Client }> {
    const email = `${name}@nexus.test`;
    const made = await a.post('/api/users', { email, name, password, roles: ['manager'] });
    return { id: String(made.body.data?.id), client: await new Client(a.url).login({ email, password }) };
  }

  const tagOf = async (client: Client, path = '/api/roles'): Promise<string> =>
    String((await client.get(path)).headers.get('etag'));

  async function missesOf(client: Client, thing: string): Promise<number> {
    const { text } = await client.get('/metrics');
    return Number(new RegExp(`^cache_misses_total\\{thing="${thing}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  }

  describe('answers that are given again', () => {
    it('are not sent to who has them: 304 with a request id of its own, and no content', async () => {
      const first = await a.get('/api/roles?limit=5');
      const tag = String(first.headers.get('etag'));
      expect(tag).toMatch(/^W\/"[\w-]{22}"$/);
      expect(first.headers.get('cache-control')).toBe('private, max-age=0, must-revalidate');
      expect(first.headers.get('vary')).toBe('Authorization, X-API-Key, Cookie, Accept, accept-encoding');
      expect(first.body).toMatchObject({ statusCode: 200, message: 'Roles retrieved', success: true });
      for (const named of [tag, `"old", ${tag}`, '*']) {
        const again = await a.get('/api/roles?limit=5', having(named, { 'x-request-id': 'of-my-own' }));
        expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', tag]);
        expect(again.headers.get('x-request-id')).toBe('of-my-own');
      }
      expect((await a.get('/api/roles?limit=5', having('"old"'))).text).toBe(first.text);
      expect((await a.call('HEAD', '/api/roles?limit=5', having(tag))).status).toBe(304);
    });

    it('are made once in a minute, and for nobody else: not for another login, key, query or Accept', async () => {
      const { client: ada } = await manager('ada-of-the-cache');
      const key = await makeKey(a, { permissions: ['roles:read'] });
      const asked = [
        () => ada.get('/api/permissions'),
        () => a.get('/api/permissions'),
        () => key.get('/api/permissions'),
        () => a.get('/api/permissions?limit=2'),
        () => a.get('/api/permissions', { headers: { accept: 'application/*' } }),
      ];
      const before = await missesOf(a, 'http-permissions');
      for (const ask of [...asked, ...asked]) expect((await ask()).status).toBe(200);
      expect((await missesOf(a, 'http-permissions')) - before).toBe(asked.length);
    });

    it('end with a change: at once where it is made, within a second elsewhere', async () => {
      const [mine, theirs] = [await tagOf(a), await tagOf(b)];
      const made = await a.post('/api/roles', { name: 'of-the-cache', permissions: ['users:read'] });
      expect(made.status).toBe(201);
      const since = performance.now();
      const changed = await a.get('/api/roles', having(mine));
      expect(changed.status).toBe(200);
      expect(changed.text).toContain('of-the-cache');
      let waited = 0;
      while ((await b.get('/api/roles', having(theirs))).status === 304 && waited < 5_000) {
        await sleep(5);
        waited = performance.now() - since;
      }
      console.log(`a new role was listed by the other process after ${Math.round(waited)} ms`);
      expect(waited).toBeLessThan(1_000);
    });

    it('are refused at once to who has lost the permission, or the login, and has the answer', async () => {
      const { id, client } = await manager('bob-of-the-cache');
      const tag = await tagOf(client);
      expect((await client.get('/api/roles', having(tag))).status).toBe(304);
      const roles: Json[] = Object.values((await a.get(`/api/users/${id}`)).body.data?.role ?? {}).map(
        (role) => role ?? {},
      );
      expect((await a.delete(`/api/users/${id}/roles/${String(roles[0]?.id)}`)).status).toBe(200);
      expect((await client.get('/api/roles', having(tag))).status).toBe(403);
      const { client: eve } = await manager('eve-of-the-cache');
      const hers = await tagOf(eve);
      expect((await eve.post('/api/auth/logout')).status).toBe(200);
      expect((await eve.get('/api/roles', having(hers))).status).toBe(401);
      expect((await eve.get('/api/roles', having('*'))).status).toBe(401);
    });

    it('have tags of their content, which are no versions; those of versions are for changes alone', async () => {
      const { id } = await manager('tag-of-the-cache');
      const path = `/api/users/${id}`;
      const version = await tagOf(a, path);
      expect(version).toMatch(/^"\d+"$/);
      // A version says nothing of the names of the roles that are shown with it.
      expect((await a.get(path, having(version))).status).toBe(200);
      const weak = { headers: { 'if-match': `W/${version}` } };
      expect((await a.patch(path, { name: 'Changed' }, weak)).status).toBe(412);
      const content = { headers: { 'if-match': await tagOf(a) } };
      expect((await a.patch(path, { name: 'Changed' }, content)).status).toBe(412);
      expect((await a.patch(path, { name: 'Changed' }, { headers: { 'if-match': version } })).status).toBe(
        200,
      );
    });

    it('the statistics are counted once for all who may see them, and show a change at once', async () => {
      const path = '/api/users/stats/by-role?sample=100';
      const { id, client } = await manager('sum-of-the-cache');
      // The change of somebody ends what was counted before.
      await a.patch(`/api/users/${id}`, { name: 'Sum' });
      const before = await missesOf(a, 'user-statistics');
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, index) => (index % 2 ? a : client).get(path)),
      );
      expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
      // The change may be heard of once more meanwhile, by the poll.
      expect((await missesOf(a, 'user-statistics')) - before).toBeLessThanOrEqual(3);
      const tag = String(replies[0]?.headers.get('etag'));
      expect((await client.get(path, having(tag))).status).toBe(304);
      expect((await a.delete(`/api/users/${id}`)).status).toBe(200);
      const after = await a.get(path, having(tag));
      expect([after.status, after.text.includes('sum-of-the-cache@nexus.test')]).toEqual([200, false]);
    });

    it('the description of the API is sent once', async () => {
      const first = await a.get('/docs/openapi.json');
      const tag = String(first.headers.get('etag'));
      expect(first.body.openapi).toBeDefined();
      const again = await a.get('/docs/openapi.json', having(tag));
      expect([again.status, again.text.length]).toEqual([304, 0]);
      for (const path of ['/api/roles', '/api/permissions', '/api/users/stats/by-role']) {
        const { responses } = first.body.paths?.[path]?.get ?? {};
        expect(Object.keys(responses?.['304']?.headers ?? {}), path).toEqual([
          'ETag',
          'Cache-Control',
          'Vary',
        ]);
        expect(responses?.['200']?.headers).toMatchObject({ ETag: { schema: { type: 'string' } } });
      }
      const marked = Object.entries(first.body.paths ?? {}).filter(([, item]) =>
        Object.values(item ?? {}).some((operation) => operation?.['x-http-cached'] !== undefined),
      );
      // What could hold a secret is not among them, nor what is read at every step.
      expect(marked.map(([path]) => path).toSorted()).toEqual([
        '/api/permissions',
        '/api/roles',
        '/api/users/stats/by-role',
      ]);
    });
  });
}
