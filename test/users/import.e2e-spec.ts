import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorker, until, useIsolatedSettings, userWith, type RunningContext } from '../jobs/support.js';
import { startApi, type RunningApi } from '../support/app.js';
import type { Client, Json, Reply } from '../support/client.js';

describe('an import', { timeout: 60_000 }, () => {
  let api: RunningApi;
  let admin: Client;
  let worker: RunningContext;

  beforeAll(async () => {
    api = await startApi(useIsolatedSettings());
    admin = await api.asAdministrator();
    worker = await startWorker();
  });
  afterAll(async () => {
    await worker?.[Symbol.asyncDispose]();
    await api?.close();
  });

  const collection = (name: string) =>
    api.app.get<Connection>(getConnectionToken(), { strict: false }).collection(name);

  async function accepted(items: readonly unknown[], client = admin): Promise<Json> {
    const reply = await client.post('/api/users/import', { items });
    expect([reply.status, reply.body.message], reply.text).toEqual([202, 'Import accepted']);
    return reply.body.data ?? {};
  }

  async function completed(importId: unknown, query = ''): Promise<Reply> {
    let last: Reply | undefined;
    await until(
      'the import is completed',
      async () => {
        last = await admin.get(`/api/users/imports/${String(importId)}${query}`);
        return String(last.body.data?.state) === 'completed';
      },
      50_000,
    );
    if (last === undefined) throw new Error('never asked');
    return last;
  }

  it('creates, skips and refuses row by row, and tells why', async () => {
    expect((await admin.post('/api/users', { email: 'there@rows.example', name: 'There' })).status).toBe(201);
    const { importId, jobId } = await accepted([
      { email: ' Ada@Rows.Example ', name: '<b>Ada</b> & Co', age: 36 },
      { email: 'there@rows.example', name: 'Again' },
      { email: 'ada@rows.example', name: 'Twin' },
      { email: 'nonsense', name: 'Nobody' },
      { email: 'old@rows.example', name: 'Old', age: 151, role: 'admin' },
      'no object',
      { $set: { email: 'x' }, 'a.b': 1 },
    ]);
    const job = await admin.get(`/api/queues/data-processing/jobs/${String(jobId)}`);
    expect(job.body.data).toMatchObject({ name: 'import-users', data: { importId } });

    const reply = await completed(importId);
    expect(reply.body).toMatchObject({
      message: 'Import found',
      data: {
        importId,
        jobId,
        state: 'completed',
        total: 7,
        counts: { created: 1, skipped: 2, refused: 4 },
        createdAt: expect.stringMatching(/Z$/),
      },
      pagination: { currentPage: 1, totalItems: 7, totalPages: 1, itemsPerPage: 10 },
    });
    const rows = reply.body.data?.rows;
    expect(rows).toEqual([
      {
        index: 0,
        email: 'ada@rows.example',
        outcome: 'created',
        userId: expect.stringMatching(/^[0-9a-f]{24}$/),
      },
      { index: 1, email: 'there@rows.example', outcome: 'skipped', code: 'EMAIL_TAKEN' },
      { index: 2, email: 'ada@rows.example', outcome: 'skipped', code: 'EMAIL_TAKEN' },
      {
        index: 3,
        email: 'nonsense',
        outcome: 'refused',
        code: 'VALIDATION_FAILED',
        errors: [{ path: 'email', message: 'email must be an e-mail address' }],
      },
      expect.objectContaining({
        index: 4,
        outcome: 'refused',
        errors: expect.arrayContaining([
          expect.objectContaining({ path: 'age' }),
          { path: 'role', message: 'property role should not exist' },
        ]),
      }),
      expect.objectContaining({ index: 5, email: null, outcome: 'refused' }),
      expect.objectContaining({ index: 6, email: null, outcome: 'refused' }),
    ]);
    const refused = await admin.get(`/api/users/imports/${String(importId)}?outcome=refused&limit=3&page=2`);
    expect(refused.body).toMatchObject({
      data: { rows: [{ index: 6 }] },
      pagination: { totalItems: 4, totalPages: 2, hasPrevPage: true },
    });

    const user = await admin.get('/api/users?search=ada@rows.example');
    expect(user.body.data).toMatchObject([
      { email: 'ada@rows.example', name: 'Ada & Co', age: 36, status: 'pending', role: [{ name: 'user' }] },
    ]);
    const audited = await collection('auditEntries').findOne({
      action: 'user.created',
      'changes.email.to': 'ada@rows.example',
    });
    const me = await admin.get('/api/users/me');
    expect(audited).toMatchObject({ actor: { type: 'user', id: me.body.data?.id }, outcome: 'success' });
    expect(
      await collection('auditEntries').countDocuments({ action: 'user.imported', 'target.id': importId }),
    ).toBe(1);
  });

  it('is its own importer’s business', async () => {
    const { importId } = await accepted([{ email: 'private@rows.example', name: 'Private' }]);
    const path = `/api/users/imports/${String(importId)}`;
    const other = await userWith(admin, 'other-importer', ['users:create']);
    expect((await other.get(path)).body).toMatchObject({ statusCode: 404, code: 'IMPORT_NOT_FOUND' });
    const reader = await userWith(admin, 'mere-reader', ['users:read']);
    expect((await reader.get(path)).status).toBe(403);
    expect((await reader.post('/api/users/import', { items: [{}] })).status).toBe(403);
    expect((await admin.get('/api/users/imports/nope')).status).toBe(400);
    expect((await admin.get(`${path}?outcome=lost`)).status).toBe(400);
  });

  it('has limits of its own: 10,000 rows and 4 MB', async () => {
    expect((await admin.post('/api/users/import', { items: [] })).body.code).toBe('VALIDATION_FAILED');
    expect((await admin.post('/api/users/import', { items: {} })).body.code).toBe('VALIDATION_FAILED');
    const tooMany = await admin.post('/api/users/import', {
      items: Array.from({ length: 10_001 }, () => ({})),
    });
    expect(tooMany.body).toMatchObject({
      statusCode: 400,
      code: 'VALIDATION_FAILED',
      errors: [{ path: 'items' }],
    });
    const tooLarge = await admin.post('/api/users/import', {
      items: [{ name: 'x'.repeat(4 * 1024 * 1024) }],
    });
    expect(tooLarge.body).toMatchObject({ statusCode: 413, code: 'PAYLOAD_TOO_LARGE' });
    const manyValues = await admin.post('/api/users/import', { items: [{ list: Array(100_001).fill(1) }] });
    expect(manyValues.body).toMatchObject({ statusCode: 400, code: 'TOO_MANY_VALUES' });
    const unknown = await admin.post('/api/users/import', { items: [{}], dryRun: true });
    expect(unknown.body).toMatchObject({ statusCode: 400, errors: [{ path: 'dryRun' }] });
    const elsewhere = await admin.post('/api/users', { name: 'x'.repeat(2 * 1024 * 1024) });
    expect(elsewhere.status).toBe(413);
  });

  it('of 10,000 rows is one request, and done in seconds', async () => {
    const [count, distinct] = [10_000, 500];
    const items = Array.from({ length: count }, (_, index) => ({
      email: `row${index % distinct}@many.example`,
      name: `Row ${index} ${'x'.repeat(50)}`,
      age: index % 100,
    }));
    const started = performance.now();
    const { importId } = await accepted(items);
    const acceptedAfter = Math.round(performance.now() - started);
    await completed(importId);
    const seconds = (performance.now() - started) / 1_000;
    console.log(`${count} rows accepted in ${acceptedAfter} ms, done in ${seconds.toFixed(1)} s`);
    const page = await admin.get(`/api/users/imports/${String(importId)}?page=5&limit=100`);
    expect(page.body).toMatchObject({
      data: { counts: { created: distinct, skipped: count - distinct, refused: 0 } },
      pagination: { totalItems: count, totalPages: 100 },
    });
    expect(page.body.data?.rows).toMatchObject(
      Array.from({ length: 100 }, (_, offset) => ({ index: 400 + offset, outcome: 'created' })),
    );
    const last = await admin.get(`/api/users/imports/${String(importId)}?page=5&limit=100&outcome=created`);
    expect(last.body.data?.rows).toEqual(page.body.data?.rows);
    expect(await collection('users').countDocuments({ name: /^Row / })).toBe(distinct);
    expect(seconds).toBeLessThan(60);
  });
});
