import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached, cacheFolder } from './cache.js';

let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

const silent = (): void => undefined;

async function make({ work }: { work: string }): Promise<{ result: string; note: string }> {
  const result = join(work, 'result');
  mkdirSync(result);
  writeFileSync(join(result, 'file'), 'content');
  await pause(20);
  return { result, note: 'version 1' };
}

describe('the cache of unpacked programs', () => {
  it('makes an entry once, however many ask at once, and leaves nothing else behind', async () => {
    let made = 0;
    const counted = (making: { work: string }): ReturnType<typeof make> => {
      made += 1;
      return make(making);
    };
    const entries = await Promise.all(Array.from({ length: 5 }, () => cached(cache, 'a', silent, counted)));
    expect(made).toBe(1);
    expect(new Set(entries.map(({ path, note }) => `${path} ${note}`))).toEqual(
      new Set([`${cache}/a version 1`]),
    );
    expect(readdirSync(cache)).toEqual(['a']);
  });

  it('does not take an interrupted entry for a complete one, and clears what its maker left', async () => {
    mkdirSync(join(cache, 'a'));
    writeFileSync(join(cache, 'a', 'file'), 'half');
    mkdirSync(join(cache, '.a-XXXXXX'));
    const entry = await cached(cache, 'a', silent, make);
    expect(readFileSync(join(entry.path, 'file'), 'utf8')).toBe('content');
    expect(readdirSync(cache)).toEqual(['a']);
  });

  it('takes over the lock of a process that died', async () => {
    writeFileSync(
      join(cache, 'a.lock'),
      JSON.stringify({ pid: process.pid, identity: 'of an earlier boot' }),
    );
    await cached(cache, 'a', silent, make);
    expect(readdirSync(cache)).toEqual(['a']);
  });

  it('leaves no entry and no lock when making it fails', async () => {
    const failing = (): Promise<never> => Promise.reject(new Error('no disk'));
    await expect(cached(cache, 'a', silent, failing)).rejects.toThrow('no disk');
    expect(readdirSync(cache)).toEqual([]);
  });

  it("is in the user's cache folder", async () => {
    const own = await cacheFolder({ HOME: cache }, null);
    expect(own).toBe(join(cache, '.cache', 'nexus-backend'));
    expect(existsSync(own)).toBe(true);
    const configured = await cacheFolder({ HOME: cache, XDG_CACHE_HOME: join(cache, 'xdg') }, null);
    expect(configured).toBe(join(cache, 'xdg', 'nexus-backend'));
  });
});
