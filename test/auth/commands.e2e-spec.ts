import { execFile } from 'node:child_process';
import { getConnectionToken } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseIndexes } from '../../src/infrastructure/mongo/database-indexes.js';
import { isolatedSettings, startApi, type RunningApi } from '../support/app.js';

interface Outcome {
  readonly status: number;
  readonly output: string;
}

const settings = { ...isolatedSettings(), MONGODB_AUTO_INDEX: 'false', ADMIN_EMAIL: '', ADMIN_PASSWORD: '' };
const password = 'Correct-Horse-7-Battery';

function run(script: string, args: string[] = [], more: Record<string, string> = {}): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], ...settings, ...more };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...args], { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, output: stdout + stderr }),
    );
    child.stdin?.end();
  });
}

const syncDatabase = () => run('dist/cli/db-sync.js');
const createAdministrator = (email: string, more: Record<string, string> = { ADMIN_PASSWORD: password }) =>
  run('dist/cli/admin-create.js', ['--email', email], more);

/** In order: each step needs what the one before has left in the database. */
describe.sequential('the commands of an operator', () => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi(settings, { untilReady: false });
  });
  afterAll(() => api.close());

  it('admin:create asks for the indexes first: without them two could share an address', async () => {
    const { status, output } = await createAdministrator('first@nexus.test');
    expect([status, output]).toEqual([1, expect.stringMatching(/lacks \d+ indexes: run `npm run db:sync`/)]);
  });

  it('db:sync makes every collection and index that the API wants, and says which', async () => {
    const { status, output } = await syncDatabase();
    expect([status, output]).toEqual([0, expect.stringContaining('created users.email_1')]);
    expect(await api.app.get(DatabaseIndexes).missing()).toEqual([]);
    await expect
      .poll(async () => (await api.client.get('/health/ready')).status, { timeout: 15_000 })
      .toBe(200);

    const connection: Connection = api.app.get(getConnectionToken(), { strict: false });
    const collections = new Set((await connection.listCollections()).map(({ name }) => name));
    for (const { collection } of Object.values(connection.models))
      expect(collections).toContain(collection.name);
  });

  it('db:sync has nothing to do the second time', async () => {
    expect(await syncDatabase()).toEqual({
      status: 0,
      output: 'The database has every collection and index.\n',
    });
  });

  it('admin:create makes somebody who can log in and may do everything', async () => {
    expect(await createAdministrator('First@nexus.test')).toEqual({
      status: 0,
      output: 'First@nexus.test is an administrator now.\n',
    });
    const client = await api.client.login({ email: 'first@nexus.test', password });
    expect((await client.get('/api/roles')).status).toBe(200);
  });

  it.each([
    [
      'an address that is taken',
      () => createAdministrator('first@nexus.test'),
      1,
      'belongs to an account already',
    ],
    [
      'a weak password',
      () => createAdministrator('b@nexus.test', { ADMIN_PASSWORD: 'weak' }),
      1,
      'at least 8',
    ],
    ['no password and no terminal', () => createAdministrator('b@nexus.test', {}), 2, 'ADMIN_PASSWORD'],
    ['no address', () => run('dist/cli/admin-create.js'), 2, 'Usage: npm run admin:create'],
    ['what is no address', () => createAdministrator('nobody'), 2, 'is not an e-mail address'],
    ['an unknown option', () => run('dist/cli/admin-create.js', ['--mail', 'x']), 2, 'Usage'],
    [
      'an environment that is wrong',
      () => createAdministrator('b@nexus.test', { JWT_PRIVATE_KEYS: '[{"kid":"a","d":"very-private"}]' }),
      78,
      'JWT_PRIVATE_KEYS has no usable key at position 1',
    ],
  ])('admin:create refuses %s', async (_name, attempt, status, reason) => {
    const outcome = await attempt();
    expect(outcome).toEqual({ status, output: expect.stringContaining(reason) });
    expect(outcome.output).not.toContain('very-private');
  });
});
