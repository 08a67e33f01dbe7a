import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until, useIsolatedSettings } from '../jobs/support.js';
import { Program } from '../support/program.js';
import { People } from './people.js';

const count = 750;

describe('an import whose worker is killed', { timeout: 90_000 }, () => {
  let people: People;
  let settings: Record<string, string>;

  beforeAll(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nexus-import-'));
    settings = useIsolatedSettings({
      LOG_LEVEL: 'info',
      JOB_LOCK_DURATION: '1s',
      KILLED_FLAG: join(folder, 'killed'),
    });
    people = await People.start({ ...settings, LOG_LEVEL: 'fatal' });
  });
  afterAll(() => people?.[Symbol.asyncDispose]());

  it('makes each user, invitation and entry once, whenever it dies', async () => {
    const items = Array.from({ length: count }, (_, index) => ({
      email: `killed${index}@import.example`,
      name: `Row ${index}`,
    }));
    const accepted = await people.admin.post('/api/users/import', { items });
    expect(accepted.status, accepted.text).toBe(202);
    const importId = String(accepted.body.data?.importId);

    for (const place of ['before-commit', 'after-commit']) {
      await using victim = new Program('test/users/killed-import-worker.mjs', {
        ...settings,
        KILLED_AT: place,
      });
      expect(await victim.exit(), place).toBe('SIGKILL');
      const progress = await people.admin.get(`/api/users/imports/${importId}`);
      const created = Number(progress.body.data?.counts?.created);
      expect([place, created]).toEqual([place, place === 'before-commit' ? 250 : 500]);
      expect(await people.collection('users').countDocuments({ name: /^Row / })).toBe(created);
    }

    await using _last = new Program('dist/worker.js', settings);
    const path = `/api/users/imports/${importId}?limit=100&page=8`;
    await until(
      'the import is completed',
      async () => String((await people.admin.get(path)).body.data?.state) === 'completed',
      60_000,
    );
    const done = await people.admin.get(path);
    expect(done.body).toMatchObject({
      data: { counts: { created: count, skipped: 0, refused: 0 } },
      pagination: { totalItems: count },
    });
    expect(await people.collection('users').countDocuments({ name: /^Row / })).toBe(count);
    expect(await people.collection('users').distinct('email', { name: /^Row / })).toHaveLength(count);
    expect(await people.collection('jobs').countDocuments({ 'data.template': 'invitation' })).toBe(count);
    expect(
      await people
        .collection('auditEntries')
        .countDocuments({ action: 'user.created', 'actor.id': people.adminId }),
    ).toBe(count);
    expect(await people.collection('userImportChunks').countDocuments({ rows: { $ne: null } })).toBe(0);
    // The import is completed in its last transaction, its job is marked as done after it.
    const job = `/api/queues/data-processing/jobs/${String(done.body.data?.jobId)}`;
    await expect
      .poll(async () => (await people.admin.get(job)).body.data?.status, { timeout: 30_000 })
      .toMatchObject({ status: 'completed', result: { created: count } });
  });
});
