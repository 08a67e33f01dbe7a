import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyBuildContext } from './build-context.js';
import { Builder, environmentOf, inside, type Built } from './builder.js';
import { execForm, parseDockerfile } from './dockerfile.js';
import { freePort, productionSettings, startService, statusOf } from './service-process.js';

const root = resolve(import.meta.dirname, '../../..');
const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));

let room: string;
let image: Built;
let app: string;
beforeAll(() => {
  room = mkdtempSync(join(tmpdir(), 'nexus-image-'));
  const context = join(room, 'context');
  mkdirSync(context);
  copyBuildContext(root, context);
  image = new Builder(join(room, 'stages'), context).build(stages);
  app = inside(image, image.workdir);
}, 600_000);
afterAll(() => rmSync(room, { recursive: true, force: true }), 120_000);

describe('the image that the Dockerfile describes', () => {
  it('is of Node 24, has several stages and runs as another user than root', () => {
    expect(stages[0]?.from).toMatch(/^node:24-/);
    expect(stages.length).toBeGreaterThan(2);
    expect(image.user).toBe('node');
  });

  it('holds the service, its package.json and nothing else of the project', () => {
    expect(readdirSync(app).toSorted()).toEqual(['dist', 'node_modules', 'package.json']);
    expect(existsSync(join(app, 'dist/main.js'))).toBe(true);
    expect(existsSync(join(app, 'dist/worker.js'))).toBe(true);
    const specs = readdirSync(join(app, 'dist'), { recursive: true }).filter((name) =>
      /[.-]spec\./.test(String(name)),
    );
    expect(specs).toEqual([]);
  });

  it('holds every dependency and no devDependency', () => {
    const { status, stdout, stderr } = spawnSync('npm', ['ls', '--omit=dev', '--all'], {
      cwd: app,
      env: environmentOf(image),
      encoding: 'utf8',
    });
    expect(status, `${stdout}\n${stderr}`).toBe(0);
    const { packages }: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
      readFileSync(join(root, 'package-lock.json'), 'utf8'),
    );
    const dev = Object.keys(packages).filter((path) => packages[path]?.dev === true);
    expect(dev.length).toBeGreaterThan(0);
    expect(dev.filter((path) => existsSync(join(app, path)))).toEqual([]);
  });

  it('starts, is alive by its own health check, and ends on SIGTERM', async () => {
    const port = String(await freePort());
    const env = { ...environmentOf(image), ...productionSettings(), HOST: '127.0.0.1', PORT: port };
    const [, ...healthcheck] = execForm(image.healthcheck ?? '[]');
    const check = (): number | null => spawnSync(process.execPath, healthcheck, { env }).status;
    const service = startService(execForm(image.cmd ?? '[]'), app, env);
    try {
      const live = (): Promise<number> => statusOf(`http://127.0.0.1:${port}/health/live`);
      await expect.poll(live, { timeout: 30_000, interval: 200 }).toBe(200);
      expect(check()).toBe(0);
      service.process.kill('SIGTERM');
      await expect.poll(() => service.process.exitCode, { timeout: 35_000, interval: 200 }).toBe(0);
      expect(check()).toBe(1);
    } catch (error) {
      throw new Error(`the service said:\n${service.output()}`, { cause: error });
    } finally {
      service.process.kill('SIGKILL');
    }
  }, 90_000);
});
