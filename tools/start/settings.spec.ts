import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { banner } from './banner.js';
import type { Terminal } from './host.js';
import { localUrl } from './readiness.js';
import { LocalSettings } from './settings.js';

const terminal: Terminal = {
  live: true,
  write: () => undefined,
  line: () => undefined,
  step: () => ({ update: () => undefined, done: () => undefined }),
};

describe('LocalSettings', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nexus-settings-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const settings = (env: NodeJS.ProcessEnv): LocalSettings => new LocalSettings({ env, folder, terminal });

  it('lets what the user set win, except for the kind of run and the services that were found', () => {
    const env = {
      NODE_ENV: 'production',
      LOG_PRETTY: 'false',
      CURSOR_SECRET: 'mine',
      MAIL_FOLDER: '/mails',
      MONGODB_URI: 'theirs',
    };
    expect(settings(env).environment({ MONGODB_URI: 'found' })).toMatchObject({
      NODE_ENV: 'development',
      MONGODB_AUTO_INDEX: 'true',
      LOG_PRETTY: 'false',
      CURSOR_SECRET: 'mine',
      MAIL_FOLDER: '/mails',
      MONGODB_URI: 'found',
      HOST: '127.0.0.1',
      PORT: '3000',
      WORKER_PORT: '3001',
      PUBLIC_URL: 'http://127.0.0.1:3000',
    });
  });

  it('takes an empty variable for absent', () => {
    const made = settings({ HOST: '', ADMIN_PASSWORD: ' ', LOG_PRETTY: '' });
    expect(made.environment({})).toMatchObject({
      HOST: '127.0.0.1',
      ADMIN_PASSWORD: made.generatedPassword,
      LOG_PRETTY: 'true',
      MAIL_FOLDER: join(folder, 'mail'),
    });
  });

  it.each(['0', '65536', 'http', '80.5'])('refuses %s as a port', async (port) => {
    await expect(settings({ PORT: port }).choosePort('api')).rejects.toThrow(
      /PORT is '.*': it must be a port from 1 to 65535/,
    );
  });

  it('is told to people in a dozen lines', () => {
    const services = (['mongodb', 'redis'] as const).map((name) => ({
      name,
      uri: `${name}://user:word@127.0.0.1:6379`,
      description: `the ${name} of this machine`,
      stop: () => Promise.resolve(),
    }));
    const lines = banner(settings({}), services, folder).filter((line) => line !== '');
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.join('\n')).toContain('Redis    redis://***@127.0.0.1:6379  (the redis of this machine)');
  });
});

describe('localUrl', () => {
  it.each([
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://[::1]:80'],
    ['::1', 'http://[::1]:80'],
    ['localhost', 'http://localhost:80'],
  ])('reaches a server that listens on %s at %s', (host, url) => {
    expect(localUrl(host, 80)).toBe(url);
  });
});
