import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getConnectionToken } from '@nestjs/mongoose';
import { mongo, type Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, userWith } from '../jobs/support.js';
import type { Json } from '../support/client.js';
import { People } from './people.js';

const count = 2_000;
let people: People;

beforeAll(async () => {
  people = await People.start();
  const guest = new mongo.ObjectId(await people.roleId('guest'));
  const now = new Date();
  await people.collection('users').insertMany(
    Array.from({ length: count }, (_, index) => ({
      email: `export${index}@people.example`,
      name: `User ${index}`,
      age: index % 2 === 0 ? 30 : 31,
      status: 'active',
      roles: [guest],
      isDeleted: false,
      deletedAt: null,
      // Large enough that the whole fits into no buffer on the way.
      profileImage: `https://people.example/${'x'.repeat(5_000)}`,
      lastLoginAt: null,
      emailVerified: true,
      revision: 1,
      createdAt: now,
      updatedAt: now,
    })),
  );
});
afterAll(() => people?.[Symbol.asyncDispose]());

const total = count + 1;

describe('an export', () => {
  it('is JSON by default: the users as a list shows them, as a file', async () => {
    const reply = await people.admin.get('/api/users/export');
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename=users.json');
    expect(reply.headers.get('cache-control')).toBe('no-store');
    const users: Json[] = JSON.parse(reply.text);
    expect(users).toHaveLength(total);
    const { body } = await people.admin.get(`/api/users/${people.adminId}`);
    expect(users[0]).toEqual(body.data);
    expect(reply.text).not.toContain('passwordHash');
    const [entry] = await people.audited('users', 'user.exported');
    expect(entry).toMatchObject({
      actor: { type: 'user', id: people.adminId },
      target: { type: 'collection' },
      changes: { format: { to: 'json' } },
    });
  });

  it('is a user a line as ndjson', async () => {
    const accept = { headers: { accept: 'application/x-ndjson' } };
    const reply = await people.admin.get('/api/users/export?format=ndjson', accept);
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename=users.ndjson');
    const lines = reply.text.trimEnd().split('\n');
    expect(lines).toHaveLength(total);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      email: `export${count - 1}@people.example`,
      role: [{ name: 'guest' }],
    });
  });

  it('is a table as CSV in which no cell is a formula', async () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', 'quoted "name", with comma'];
    for (const [index, name] of hostile.entries()) {
      const body = { email: `hostile${index}@people.example`, name };
      expect((await people.admin.post('/api/users', body)).status).toBe(201);
    }
    const reply = await people.admin.get('/api/users/export?format=csv', { headers: { accept: 'text/csv' } });
    expect(reply.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename=users.csv');
    const [head, admin, ...rest] = reply.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'id,email,name,age,status,role,profileImage,emailVerified,lastLoginAt,createdAt,updatedAt',
    );
    expect(admin).toMatch(
      new RegExp(`^${people.adminId},admin@nexus.test,Administrator,,active,admin,,true,20.*Z,20.*Z,20.*Z$`),
    );
    expect(rest).toHaveLength(total - 1 + hostile.length);
    expect(rest.slice(-hostile.length).map((line) => line.split(/example,|,,pending/)[1])).toEqual([
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      '"quoted ""name"", with comma"',
    ]);
  });

  it('refuses other formats, and those who may not', async () => {
    const bad = await people.admin.get('/api/users/export?format=xlsx');
    expect(bad.body).toMatchObject({ statusCode: 400, code: 'VALIDATION_FAILED' });
    const unacceptable = await people.admin.get('/api/users/export', { headers: { accept: 'image/png' } });
    expect(unacceptable.status).toBe(406);
    const elsewhere = await people.admin.get('/api/users', { headers: { accept: 'text/csv' } });
    expect(elsewhere.status).toBe(406);
    const reader = await userWith(people.admin, 'reader', ['users:read']);
    expect((await reader.get('/api/users/export')).status).toBe(403);
  });

  it('tells its headers to HEAD, and reads and notes nothing for it', async () => {
    const before = await people.audited('users', 'user.exported');
    const reply = await people.admin.call('HEAD', '/api/users/export?format=csv');
    expect([reply.status, reply.text, reply.headers.get('content-type')]).toEqual([
      200,
      '',
      'text/csv; charset=utf-8',
    ]);
    expect(await people.audited('users', 'user.exported')).toHaveLength(before.length);
  });

  it('is read no faster than it is taken, and no further when the client hangs up', async () => {
    const connection = people.api.app.get<Connection>(getConnectionToken(), { strict: false });
    // The pool tells when a cursor gives its session back.
    const openSessions = (): number => {
      const client: unknown = connection.getClient();
      const inner: unknown = typeof client === 'object' && client !== null ? Reflect.get(client, 's') : {};
      const sessions: unknown =
        typeof inner === 'object' && inner !== null ? Reflect.get(inner, 'activeSessions') : undefined;
      if (!(sessions instanceof Set)) throw new Error('the driver keeps its sessions elsewhere');
      return sessions.size;
    };
    await until('nothing else is read', () => openSessions() === 0);
    const token = Reflect.get(people.admin, 'token');
    const outgoing = request(`${people.api.url}/api/users/export`, {
      headers: { authorization: `Bearer ${String(token)}` },
    });
    const response = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
      outgoing.on('response', resolve).on('error', reject).end();
    });
    response.on('error', () => undefined);
    let taken = 0;
    await new Promise<void>((resolve) => {
      response.on('data', (part: Buffer) => {
        taken += part.length;
        if (taken < 100_000) return;
        response.pause();
        resolve();
      });
    });
    // A client that takes no more holds the cursor where it is.
    await sleep(300);
    expect(openSessions()).toBeGreaterThan(0);
    outgoing.destroy();
    await until('the cursor is closed', () => openSessions() === 0);
    expect(taken).toBeLessThan(2_000_000);
  });
});

describe('statistics by role', () => {
  it('count, average and name some of each role, most users first', async () => {
    for (const [name, age] of [
      ['one', 30],
      ['two', 31],
      ['three', 31],
    ] as const) {
      const body = { email: `${name}@stats.example`, name, age, roles: ['manager', 'guest'] };
      expect((await people.admin.post('/api/users', body)).status).toBe(201);
    }
    const reply = await people.admin.get('/api/users/stats/by-role?sample=2');
    expect(reply.body).toMatchObject({ statusCode: 200, message: 'User statistics retrieved' });
    const { data } = reply.body;
    const figures: Json[] = Array.isArray(data) ? data : [];
    expect(figures.map(({ role }) => role)).toEqual(['guest', 'user', 'manager', 'admin', 'reader']);
    expect(figures[2]).toEqual({
      role: 'manager',
      totalUsers: 3,
      averageAge: 30.67,
      users: [
        { name: 'three', email: 'three@stats.example' },
        { name: 'two', email: 'two@stats.example' },
      ],
    });
    expect(figures[3]).toEqual({
      role: 'admin',
      totalUsers: 1,
      averageAge: null,
      users: [{ name: 'Administrator', email: 'admin@nexus.test' }],
    });
    expect(figures[0]).toMatchObject({ totalUsers: count + 3, averageAge: 30.5 });
    const whole = await people.admin.get('/api/users/stats/by-role');
    expect(whole.body.data).toMatchObject([{ users: { length: 20 } }, {}, {}, {}, {}]);
    for (const sample of ['0', '101', 'x']) {
      expect((await people.admin.get(`/api/users/stats/by-role?sample=${sample}`)).status).toBe(400);
    }
  });
});
