import { join } from 'node:path';
import { createConnection } from 'mongoose';
import { expect, it, vi } from 'vitest';
import { administrator, isolatedSettings } from '../support/app.js';
import { Client } from '../support/client.js';
import { Program } from '../support/program.js';
import { SourceCopy, sourceStepsOf } from './source-copy.js';

/** Milliseconds; a machine whose processors are busy with other things needs some. */
const patience = 60_000;

it('docs/guide/jobs.md: a new type of job is there by following the page, and nothing else', async () => {
  const began = Date.now();
  using copy = new SourceCopy();
  const steps = sourceStepsOf('jobs.md', 'A new type of job in five minutes');
  expect(steps.map(({ kind }) => kind)).toEqual(['ts', 'diff', 'ts', 'ts', 'diff', 'diff']);
  for (const step of steps) copy.follow(step);
  copy.build();

  const settings: Record<string, string> = { ...isolatedSettings(), LOG_LEVEL: 'info', WORKER_PORT: '0' };
  const database = await createConnection(settings['MONGODB_URI'] ?? '').asPromise();
  try {
    await using api = new Program(join(copy.folder, 'dist/main.js'), settings);
    const listening = await api.line(({ message }) => String(message) === 'listening', patience);
    const client = new Client(String(listening.url));
    await vi.waitFor(async () => expect((await client.get('/health/ready')).status).toBe(200), patience);
    await using worker = new Program(join(copy.folder, 'dist/worker.js'), settings);
    const admin = await client.login(administrator);
    const invited = await admin.post('/api/users', { email: 'ada@example.com', name: 'Ada' });
    expect(invited.status).toBe(201);
    const userId = String(invited.body.data?.id);

    const hello = await worker.line(({ message }) => String(message) === 'hello', patience);
    expect(String(hello.userId)).toBe(userId);
    await vi.waitFor(async () => {
      const { body } = await admin.get('/api/queues/data-processing/jobs');
      expect(body.data).toMatchObject([
        { name: 'greet-user', data: { userId }, state: 'completed', status: { result: { greeted: userId } } },
      ]);
    }, patience);
    const accepted = await database.collection('jobs').countDocuments({ name: 'greet-user' });
    const effects = worker.lines.filter(({ message }) => String(message) === 'hello').length;
    const seconds = (Date.now() - began) / 1_000;
    console.log(
      `the guide to a new type of job: ${JSON.stringify({ accepted, effects, duplicates: effects - 1, seconds })}`,
    );
    expect([accepted, effects]).toEqual([1, 1]);
  } finally {
    await database.dropDatabase();
    await database.close();
  }
});
