import { expect, it, onTestFinished } from 'vitest';
import { proxiedServices, untilStatus } from '../health/proxied.js';
import { Program } from '../support/program.js';

async function probeOf(worker: Program): Promise<string> {
  const { message } = await worker.line((line) => String(line.message).startsWith('worker probe at '));
  return new URL(String(message).replace('worker probe at ', '')).origin;
}

it('API and worker end by themselves within 30 s, though the database does not answer any more', async () => {
  const services = await proxiedServices();
  onTestFinished(() => services.close());
  await using api = new Program('dist/main.js', { ...services.settings, LOG_LEVEL: 'info' });
  const apiUrl = await api.url();
  await untilStatus(apiUrl, '/health/ready', 200, 60_000);
  await using worker = new Program('dist/worker.js', {
    ...services.settings,
    LOG_LEVEL: 'info',
    WORKER_PORT: '0',
  });
  const workerUrl = await probeOf(worker);
  await untilStatus(workerUrl, '/health/ready', 200, 60_000);

  services.mongo.freeze();
  await Promise.all([apiUrl, workerUrl].map((url) => untilStatus(url, '/health/ready', 503, 10_000)));
  const statuses = await Promise.all([api.end('SIGTERM'), worker.end('SIGTERM')]);

  // Status 1 would say that they were ended by force, after 30 s.
  expect(statuses).toEqual([0, 0]);
  for (const { lines } of [api, worker]) {
    expect(lines.filter(({ message }) => String(message).startsWith('still at work'))).not.toEqual([]);
  }
}, 120_000);
