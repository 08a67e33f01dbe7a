import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { permissionCatalogue } from '../../src/modules/roles/permission-catalogue.js';
import type { Reply } from '../support/client.js';
import { exampleBodies, operationsOf } from './document.js';
import { garbageBodies, garbageIds, garbageQueries } from './walk.garbage.js';
import { absent, Ground, pathOf, type Send } from './walk.ground.js';
import { agreed, type Agreed } from './walk.table.js';
import { listenForRoutes } from './registered-routes.js';
import { expected, rows, walk, writes } from './walk.outcomes.js';

let ground: Ground;
let registered: Set<string>;
let examples: Map<string, unknown>;

beforeAll(async () => {
  registered = listenForRoutes();
  ground = await Ground.start();
  examples = exampleBodies(ground.document);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await ground?.[Symbol.asyncDispose]();
});

const empty = () => ({});
const example = (route: string) => examples.get(route) ?? {};
const toTheirs = (route: string) => pathOf(route, theirs(route));

function theirs(route: string): Record<string, string> {
  const { id } = agreed[route] ?? {};
  return { ...(id !== undefined && { id: ground.victims[id] }), roleId: ground.victims.role };
}

describe('the routes', () => {
  it('are those that were agreed: each has a row in test/access/walk.table.ts', () => {
    const lacking = [...registered].filter((route) => !Object.hasOwn(agreed, route));
    expect(
      lacking,
      'nobody agreed who may call these: give each a row in test/access/walk.table.ts, by who is meant to, not by what its decorator says',
    ).toEqual([]);
    const gone = rows.filter(([route]) => !registered.has(route)).map(([route]) => route);
    expect(gone, 'these rows of test/access/walk.table.ts are of routes that are gone').toEqual([]);
  });

  it('are those of the OpenAPI document', () => {
    const pages = rows.flatMap(([route, { isPage }]) => (isPage === true ? [route] : []));
    const wanted = [...registered].filter((route) => !pages.includes(route)).toSorted();
    expect(
      operationsOf(ground.document)
        .map(({ route }) => route)
        .toSorted(),
      'left: the document; right: what Fastify answers. A route that comes from a plugin has to be described in src/http/open-api.ts',
    ).toEqual(wanted);
  });
});

describe('who is let in', () => {
  const isPublic = ({ to }: Agreed) => to === 'everybody';

  it.each<[string, (route: string) => unknown]>([
    ['nothing', empty],
    ['what belongs there', example],
  ])('without credentials: only what is public, sending %s', async (_, bodyFor) => {
    const before = await ground.belongings();
    const outcomes = await walk(ground.anonymous, toTheirs, bodyFor, (row) => !isPublic(row));
    expect(outcomes).toEqual(
      expected(
        () => '401 UNAUTHENTICATED',
        (row) => !isPublic(row),
      ),
    );
    expect(await ground.belongings()).toEqual(before);
    expect(await walk(ground.anonymous, toTheirs, empty)).toMatchObject(expected(() => 'came in', isPublic));
  });

  it('with a login and no rights: what everybody has of their own', async () => {
    const nobody = await ground.holderOf('no-rights', []);
    const outcome = ({ to }: Agreed) => (typeof to === 'string' ? 'came in' : '403 FORBIDDEN');
    expect(await walk(nobody, pathOf, empty)).toEqual(expected(outcome));
    const before = await ground.belongings();
    const guarded = ({ to }: Agreed) => typeof to !== 'string';
    expect(await walk(nobody, toTheirs, example, guarded)).toEqual(expected(outcome, guarded));
    expect(await ground.belongings()).toEqual(before);
  });

  it.each(permissionCatalogue)('with an API key for %s: what needs just that', async (permission) => {
    const outcome = ({ to, isPage }: Agreed) => {
      if (to === 'everybody' || to === 'principal') return 'came in';
      if (to === 'session') return '403 SESSION_REQUIRED';
      if (!to.includes(permission)) return '403 FORBIDDEN';
      return isPage === true ? '403 SESSION_REQUIRED' : 'came in';
    };
    expect(await walk(await ground.keyOf(permission), pathOf, empty)).toEqual(expected(outcome));
  });

  it('with an API key for users:read and real bodies: no further', async () => {
    const key = await ground.keyOf('users:read');
    const guarded = ({ to }: Agreed) => typeof to !== 'string' && !to.includes('users:read');
    const before = await ground.belongings();
    const outcomes = await walk(key, toTheirs, example, guarded);
    expect(outcomes).toEqual(expected(() => '403 FORBIDDEN', guarded));
    expect(await ground.belongings()).toEqual(before);
  });

  it('by the cookies of an administrator, without their CSRF token: what changes nothing', async () => {
    const browser = await ground.browserWithoutToken();
    const guarded = (row: Agreed) => !isPublic(row);
    const outcome = (_: Agreed, route: string) =>
      writes.test(route) ? '403 CSRF_TOKEN_REQUIRED' : 'came in';
    // What is open to a browser may be asked for nothing: an event stream of a real job would not end.
    const path = (route: string) => (writes.test(route) ? toTheirs(route) : pathOf(route));
    const before = await ground.belongings();
    expect(await walk(browser, path, example, guarded)).toEqual(expected(outcome, guarded));
    expect(await ground.belongings()).toEqual(before);
  });

  it('by two kinds of credentials at once: nowhere', async () => {
    const headers = { 'x-api-key': 'sk_x', authorization: 'Bearer x' };
    const both: Send = (route, path, options) => ground.anonymous(route, path, { ...options, headers });
    const guarded = (row: Agreed) => !isPublic(row);
    expect(await walk(both, pathOf, empty, guarded)).toEqual(expected(() => '400 TWO_CREDENTIALS', guarded));
  });
});

describe('what belongs to somebody else', () => {
  const withIds = rows.filter(([, { id }]) => id !== undefined);

  it('answers like what is not there, to whoever comes as far as that', async () => {
    // Just enough to be let in to jobs and imports, and to see nothing there but one's own.
    const stranger = await ground.holderOf('stranger', ['queues:enqueue', 'users:create']);
    const before = await ground.belongings();
    const stale = { 'if-match': '"999"' };
    for (const [route, { to, id }] of withIds) {
      // One's own things are asked for by whoever may have some: nobody gets a 403 that tells of them.
      const open = to === 'session' || id === 'import' || to.includes('queues:enqueue');
      for (const options of [{}, { body: example(route) }, { body: { nonsense: 1 } }, { headers: stale }]) {
        if (!writes.test(route) && 'body' in options) continue;
        const gone = { ...theirs(route), id: id === 'schedule' ? 'nobodys' : absent };
        const [real, imagined] = [
          await stranger(route, pathOf(route, theirs(route)), options),
          await stranger(route, pathOf(route, gone), options),
        ];
        const told = JSON.stringify([route, options, real.body]);
        expect(plain(real), told).toEqual(plain(imagined));
        if (!open) expect(real.body.code, told).toBe('FORBIDDEN');
        else expect(real.status === 400 || real.status === 404, told).toBe(true);
        if (open && Object.keys(options).length === 0) expect(real.status, told).toBe(404);
      }
    }
    expect(await ground.belongings()).toEqual(before);
  });

  it('is in no list of theirs', async () => {
    const stranger = await ground.holderOf('lister', ['queues:enqueue', 'users:create']);
    const lists = ['GET /api/auth/sessions', 'GET /api/api-keys', 'GET /api/queues/:queue/jobs'];
    for (const route of lists) {
      const reply = await stranger(route, pathOf(route));
      expect(reply.status, reply.text).toBe(200);
      for (const id of Object.values(ground.victims)) expect(reply.text).not.toContain(id);
    }
    // Somebody's keys and nobody's keys are the same to whoever may see neither.
    const [real, imagined] = await Promise.all(
      [ground.victims.user, absent].map((id) => stranger('GET /api/api-keys', `/api/api-keys?userId=${id}`)),
    );
    expect(real?.status).toBe(403);
    expect(real && plain(real)).toEqual(imagined && plain(imagined));
  });
});

/** Everything that an answer tells, apart from what is its own. */
function plain({ status, body, headers }: Reply): unknown {
  const names = [...headers.keys()].toSorted();
  return { status, body: { ...body, requestId: null }, names };
}

describe('garbage', () => {
  it('is refused as such by every route, and is never an error of ours', { timeout: 60_000 }, async () => {
    const administrator = await ground.administrator();
    const wrong: string[] = [];
    let asked = 0;
    const ask = async (route: string, path: string, body?: unknown) => {
      const {
        status,
        text,
        body: answer,
      } = await administrator(route, path, { ...(body !== undefined && { body }) });
      asked += 1;
      const isEnveloped = status < 400 || answer.requestId !== undefined;
      if (status >= 500 || !isEnveloped)
        wrong.push(`${route} ${path} ${JSON.stringify(body)}: ${text.slice(0, 300)}`);
    };
    for (const [route] of rows) {
      const names = [...route.matchAll(/:(\w+)|\*/g)].map(([found, name = found]) => name);
      const attempts = [
        ...names.flatMap((name) =>
          garbageIds.map(
            (id) => () =>
              ask(
                route,
                pathOf(route, { ...theirs(route), [name]: id }),
                writes.test(route) ? example(route) : undefined,
              ),
          ),
        ),
        ...garbageQueries.map((query) => () => ask(route, `${pathOf(route)}?${query}`)),
        ...(writes.test(route) ? garbageBodies(example(route)) : []).map(
          (body) => () => ask(route, pathOf(route), body),
        ),
      ];
      await Promise.all(attempts.map((attempt) => attempt()));
    }
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(1_000);
  });
});
