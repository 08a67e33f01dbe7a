import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json } from '../support/client.js';

let api: RunningApi;
let admin: Client;
const count = 25;

beforeAll(async () => {
  api = await startApi();
  admin = await api.asAdministrator();
  for (let index = 0; index < count; index++) {
    const reply = await admin.post('/api/users', {
      email: `user${String(index).padStart(2, '0')}@list.example`,
      // Every third shares a name, so that sorting by name has ties to break.
      name: index % 3 === 0 ? 'Same Name' : `Name ${String(index).padStart(2, '0')}`,
      roles: [index % 5 === 0 ? 'guest' : 'user'],
    });
    expect(reply.status, reply.text).toBe(201);
  }
});
afterAll(() => api?.close());

function items(body: Json): Json[] {
  const { data } = body;
  if (!Array.isArray(data)) throw new Error('data is no list');
  return data;
}

const idsOf = (body: Json) => items(body).map((item) => String(item.id));

describe('pages', () => {
  it('come in order of creation, newest first, ten at a time, and add up to the whole', async () => {
    const replies = await Promise.all([1, 2, 3].map((page) => admin.get(`/api/users?page=${page}`)));
    expect(replies[1]?.body.pagination).toEqual({
      currentPage: 2,
      totalPages: 3,
      totalItems: count + 1,
      itemsPerPage: 10,
      hasNextPage: true,
      hasPrevPage: true,
    });
    const all = replies.flatMap(({ body }) => items(body));
    expect(new Set(all.map((item) => item.id)).size).toBe(count + 1);
    const created = all.map((item) => String(item.createdAt));
    expect(created).toEqual(created.toSorted().toReversed());
  });

  it('beyond the end are empty', async () => {
    const reply = await admin.get('/api/users?page=900');
    expect(reply.body).toMatchObject({ data: [], pagination: { hasNextPage: false, currentPage: 900 } });
  });
});

describe('cursors', () => {
  it.each(
    ['createdAt', 'name', 'email', 'updatedAt'].flatMap((by) => [
      [by, 'asc'] as const,
      [by, 'desc'] as const,
    ]),
  )('walk the list by %s %s without gap or repetition, as pages do', async (sortBy, sortOrder) => {
    const walked: string[] = [];
    let cursor = '';
    for (let part = 0; part < 10; part++) {
      const { body } = await admin.get(
        `/api/users?limit=7&sortBy=${sortBy}&sortOrder=${sortOrder}&cursor=${cursor}`,
      );
      walked.push(...idsOf(body));
      expect(Object.keys(body.pagination ?? {})).not.toContain('totalItems');
      if (body.pagination?.nextCursor === undefined) break;
      cursor = String(body.pagination.nextCursor);
    }
    const whole = await admin.get(`/api/users?limit=100&sortBy=${sortBy}&sortOrder=${sortOrder}`);
    expect(walked).toEqual(idsOf(whole.body));
    expect(walked).toHaveLength(count + 1);
  });

  it('belong to the order that they were given for', async () => {
    const { body } = await admin.get('/api/users?limit=1&cursor=');
    const next = String(body.pagination?.nextCursor);
    const reply = await admin.get(`/api/users?limit=1&sortBy=name&cursor=${next}`);
    expect(reply.body).toMatchObject({ statusCode: 400, code: 'INVALID_CURSOR' });
  });

  it('belong to the list that they were given for', async () => {
    const { body } = await admin.get('/api/users?limit=1&cursor=');
    const next = String(body.pagination?.nextCursor);
    for (const list of ['roles', 'permissions', 'auth/sessions', 'api-keys', 'queues/email/jobs']) {
      const reply = await admin.get(`/api/${list}?cursor=${next}`);
      expect([list, reply.status, reply.body.code]).toEqual([list, 400, 'INVALID_CURSOR']);
    }
    expect((await admin.get(`/api/users?limit=1&cursor=${next}`)).status).toBe(200);
  });
});

describe('filters and search', () => {
  it('by status', async () => {
    const reply = await admin.get('/api/users?status=active');
    expect(items(reply.body).map((item) => item.email)).toEqual(['admin@nexus.test']);
  });

  it('by role, named or by id', async () => {
    const named = await admin.get('/api/users?role=guest&limit=100');
    expect(items(named.body)).toHaveLength(5);
    const id = String(items(named.body)[0]?.role?.[0]?.id);
    const byId = await admin.get(`/api/users?role=${id}&limit=100`);
    expect(idsOf(byId.body)).toEqual(idsOf(named.body));
    expect((await admin.get('/api/users?role=king')).body).toMatchObject({
      statusCode: 400,
      code: 'ROLE_NOT_FOUND',
    });
  });

  it('by words of the name, with the total and with a cursor', async () => {
    const reply = await admin.get('/api/users?search=same&limit=4');
    expect(reply.body).toMatchObject({ pagination: { totalItems: 9, totalPages: 3 } });
    const first = await admin.get('/api/users?search=same&limit=5&cursor=');
    const second = await admin.get(
      `/api/users?search=same&limit=5&cursor=${String(first.body.pagination?.nextCursor)}`,
    );
    expect([...idsOf(first.body), ...idsOf(second.body)]).toHaveLength(9);
  });

  it('by the beginning of an address, its letters taken literally', async () => {
    const reply = await admin.get(`/api/users?search=${encodeURIComponent('USER07@')}`);
    expect(items(reply.body).map((item) => item.email)).toEqual(['user07@list.example']);
    const pattern = await admin.get(`/api/users?search=${encodeURIComponent('.*@')}`);
    expect(items(pattern.body)).toEqual([]);
  });

  it('shows the deleted only to those who may restore', async () => {
    const made = await admin.post('/api/users', { email: 'deleted@list.example', name: 'Deleted' });
    const id = String(made.body.data?.id);
    await admin.delete(`/api/users/${id}`);
    const hidden = await admin.get('/api/users?limit=100');
    expect(idsOf(hidden.body)).not.toContain(id);
    const shown = await admin.get('/api/users?limit=100&includeDeleted=true');
    const deleted = items(shown.body).find((item) => String(item.id) === id);
    expect(deleted?.deletedAt).toEqual(expect.stringMatching(/Z$/));
    await admin.post(`/api/users/${id}/restore`);
    await admin.delete(`/api/users/${id}`);
  });
});
