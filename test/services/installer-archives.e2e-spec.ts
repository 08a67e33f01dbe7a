import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from '../../tools/services/cache.js';
import { unpacked } from '../../tools/services/debian/install.js';
import { startEngine } from '../../tools/services/documentdb/engine.js';
import { freePort } from '../../tools/services/ports.js';
import { redisRecipe } from '../../tools/services/redis/recipe.js';
import { ServiceUnavailableError } from '../../tools/services/index.js';
import type { Entry } from '../../tools/services/cache.js';
import { ask, cacheEntries, noDebian, removeScratch, scratchFolder } from './scratch.js';
import { compiled, noScripts, Script } from './script.js';

const run = promisify(execFile);

let folder: string;
let lines: string[];
beforeEach(({ skip }) => {
  const reason = noDebian();
  if (reason !== null) skip(reason);
  folder = scratchFolder();
  lines = [];
});
afterEach(() => removeScratch(folder));

async function install(env: NodeJS.ProcessEnv = {}): Promise<Entry> {
  const all = { ...process.env, XDG_CACHE_HOME: folder, ...env };
  return unpacked(redisRecipe, await cacheFolder(all, null), all, (line) => void lines.push(line));
}

/** apt as if it had been given these sources and had never fetched an index. */
function aptWith(sources: string | null): NodeJS.ProcessEnv {
  const etc = join(folder, 'etc-apt');
  if (sources !== null) {
    mkdirSync(etc);
    writeFileSync(join(etc, 'sources.list'), sources);
  }
  const file = join(folder, 'apt.conf');
  writeFileSync(file, `Dir::Etc "${etc}";\nDir::State::lists "${join(folder, 'no-lists')}";\n`);
  return { APT_CONFIG: file };
}

describe('unpacking from a package archive', () => {
  const both =
    'begins again after it was killed in the middle, and is done once when two start at once, with no sources.list and no index ever fetched';
  it(both, { timeout: 240_000 }, async ({ skip }) => {
    const reason = await noScripts(null);
    if (reason !== null) skip(reason);
    const env = aptWith(null);
    await killedWhileUnpacking(env);
    const cache = join(folder, 'nexus-backend');
    const left = readdirSync(cache, { recursive: true }).map(String);
    expect(left.some((path) => path.endsWith('.complete'))).toBe(false);
    expect(left.length).toBeGreaterThan(2);

    const [one, two] = await Promise.all([install(env), install(env)]);
    expect(two).toEqual(one);
    expect(one.note).toMatch(/^Redis \d/);
    const reading = /^Reading the package index of \w+ \w+ \(archive named in \/(etc|usr)\/\S+\)$/;
    expect(lines.filter((line) => reading.test(line))).toHaveLength(1);
    const downloading = /^Downloading Redis \(\d+ packages, [\d.]+ MB\)$/;
    expect(lines.filter((line) => downloading.test(line))).toHaveLength(1);
    expect(lines).toContainEqual(expect.stringMatching(/^Waiting for another run/));
    expect(cacheEntries(folder)).toHaveLength(1);

    const [program, library] = [join(one.path, 'bin/redis-server'), join(one.path, 'lib')];
    const version = await run(program, ['--version'], { env: {} });
    expect(version.stdout).toMatch(/^Redis server v=\d/);
    const loaded = await run(join(library, loaderIn(library)), ['--list', program]);
    const places = [...loaded.stdout.matchAll(/=> (\S+)\//g)].map(([, place]) => place);
    expect(new Set(places)).toEqual(new Set([library]));
  });

  it('tells of a mirror that refuses, and leaves nothing behind', { timeout: 120_000 }, async () => {
    const env = aptWith(`deb http://127.0.0.1:${await freePort()}/debian stable main\n`);
    const error = await install(env).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(String(error)).toMatch(/could not be had.*(Could not connect|Connection failed)/s);
    expect(cacheEntries(folder)).toEqual([]);
  });

  it('takes nothing from an archive whose signature is missing', { timeout: 120_000 }, async () => {
    const asked: string[] = [];
    const forged = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (!/\/(In)?Release$/.test(request.url ?? '')) response.statusCode = 404;
      const date = new Date().toUTCString();
      response.end(
        `Origin: Debian\nLabel: Debian\nSuite: stable\nCodename: stable\nDate: ${date}\nSHA256:\n`,
      );
    });
    const port = await freePort();
    await new Promise<void>((resolve) => forged.listen(port, '127.0.0.1', resolve));
    try {
      const error = await install(aptWith(`deb http://127.0.0.1:${port}/debian stable main\n`)).catch(String);
      expect(error).toMatch(/could not be had.*(sign|Clearsigned)/s);
      expect(asked.filter((url) => url.includes('/pool/') || url.includes('Packages'))).toEqual([]);
      expect(cacheEntries(folder)).toEqual([]);
    } finally {
      forged.closeAllConnections();
      await new Promise((resolve) => forged.close(resolve));
    }
  });

  it('says so where there is no apt', async () => {
    const { request } = ask(folder, { env: { ...process.env, PATH: folder, XDG_CACHE_HOME: folder } });
    await expect(startEngine(request)).rejects.toThrow(/no Debian-like machine.*apt-get/);
  });
});

/** What a run leaves in the cache that dies while it unpacks. */
async function killedWhileUnpacking(env: NodeJS.ProcessEnv): Promise<void> {
  const cache = join(folder, 'nexus-backend');
  mkdirSync(cache);
  const text = `
    import { unpacked } from '${compiled('debian/install.js')}';
    import { redisRecipe } from '${compiled('redis/recipe.js')}';
    await unpacked(redisRecipe, ${JSON.stringify(cache)}, process.env, console.log);`;
  const script = Script.run(text, folder, { ...process.env, ...env });
  await script.line(/^Unpacking/, 180_000);
  script.child.kill('SIGKILL');
  await script.exited;
}

function loaderIn(library: string): string {
  return readdirSync(library).find((name) => name.startsWith('ld-linux')) ?? 'no loader';
}
