import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cached, cacheFolder } from '../../tools/services/cache.js';

const run = promisify(execFile);
const options = { timeout: 60_000, maxBuffer: 1_000_000 };

/**
 * Prometheus' own checker: that of the PATH, or out of Debian's package, unpacked beside the services of the tests and not
 * installed. Undefined when there is neither; then `report` is told why.
 */
export async function findPromtool(report: (why: string) => void): Promise<string | undefined> {
  try {
    await run('promtool', ['--version'], options);
    return 'promtool';
  } catch {
    // Not on the PATH.
  }
  try {
    const cache = await cacheFolder(process.env, null);
    const { path } = await cached(cache, 'promtool', report, ({ work }) => unpack(work));
    return join(path, 'promtool');
  } catch (error) {
    report(`no promtool on the PATH, and none out of Debian's packages: ${String(error)}`);
    return undefined;
  }
}

/** What promtool says. @throws Error with its words when it finds something wrong. */
export async function checkedBy(promtool: string, ...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await run(promtool, [...args], options);
  return stdout + stderr;
}

async function unpack(work: string): Promise<{ result: string; note: string }> {
  await run('apt-get', ['download', 'prometheus'], { ...options, cwd: work });
  const [file = ''] = readdirSync(work).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['-x', file, 'all'], { ...options, cwd: work });
  await run('mkdir', ['out'], { cwd: work });
  await run('mv', ['all/usr/bin/promtool', 'out/'], { cwd: work });
  return { result: join(work, 'out'), note: file };
}
