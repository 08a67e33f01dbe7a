import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from './machine.js';
import { PrivateApt } from './private-apt.js';

const MIRROR = {
  uri: 'http://a.test/debian/',
  components: ['main'],
  keyrings: ['/keys/a.gpg'],
  foundIn: 'a test',
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'private-apt-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function machineWith(settings: [string, string][]): Machine {
  const nothing = { targets: [], readFile: () => '', readFolder: () => [] };
  return { id: 'debian', codename: 'bookworm', homeUrl: '', settings, ...nothing };
}

/** An apt-get that writes down how it was called and then does what the script says. */
function withAptGet(script: string, settings: [string, string][] = []): PrivateApt {
  const file = join(folder, 'apt-get');
  writeFileSync(file, `#!/bin/sh\necho "$@" >> ${folder}/calls\n${script}\n`);
  chmodSync(file, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin` };
  return new PrivateApt(join(folder, 'apt'), env, machineWith(settings), MIRROR, 'testing');
}

const calls = (): string[] => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

describe('an apt of our own', () => {
  it('looks away from the date of an index that expired, and only then, and never from its signature', async () => {
    const apt = withAptGet(
      'case "$*" in *Check-Valid-Until=false*) exit 0;; esac\necho "E: Release file is expired" >&2\nexit 100',
    );
    expect(await apt.update()).toEqual({ expired: true });
    expect(calls()).toHaveLength(2);
    expect(calls().join('\n')).not.toMatch(/AllowUnauthenticated|AllowInsecure|trusted/i);
  });

  it('gives up on any other failure at once', async () => {
    const apt = withAptGet('echo "E: The repository is not signed." >&2\nexit 100');
    await expect(apt.update()).rejects.toThrow('The repository is not signed.');
    expect(calls()).toHaveLength(1);
  });

  it('reads the names, versions and sizes of a closure', async () => {
    const apt = withAptGet(`cat <<'LIST'
'http://a.test/pool/r/redis-server_5%3a7.0.15-1_amd64.deb' redis-server_5%3a7.0.15-1_amd64.deb 72400 SHA256:00
'http://a.test/pool/l/libc6_2.43-7_amd64.deb' libc6_2.43-7_amd64.deb 1866392 SHA256:00
LIST`);
    expect(await apt.closure(['redis-server'])).toEqual([
      { package: 'redis-server', version: '7.0.15-1', bytes: 72_400 },
      { package: 'libc6', version: '2.43-7', bytes: 1_866_392 },
    ]);
  });

  it("keeps the machine's way to the network, not its hooks and not its trust in the unsigned", () => {
    withAptGet('', [
      ['Acquire::http::Proxy', 'http://proxy.test:3128'],
      ['APT::Update::Post-Invoke::', 'touch /tmp/hooked'],
      ['Acquire::AllowInsecureRepositories', '1'],
    ]);
    const written = readFileSync(join(folder, 'apt', 'apt.conf'), 'utf8');
    expect(written).toContain('Acquire::http::Proxy "http://proxy.test:3128";');
    expect(written).not.toMatch(/Post-Invoke|AllowInsecure/);
    expect(readFileSync(join(folder, 'apt', 'etc', 'sources.list'), 'utf8')).toBe(
      'deb [signed-by=/keys/a.gpg] http://a.test/debian/ testing main\n',
    );
  });
});
