import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, inParallel, runCommand } from './command.js';
import { settingPath, type Machine } from './machine.js';
import type { Mirror } from './mirrors.js';

/** A package file that apt would fetch. */
export interface PackageFile {
  package: string;
  version: string;
  bytes: number;
}

const DOWNLOADS_AT_ONCE = 4;

/**
 * apt with a state of its own in one folder: it sees no installed package, writes nothing outside the folder, needs
 * no root, and verifies signatures and checksums as ever.
 */
export class PrivateApt {
  private readonly env: NodeJS.ProcessEnv;
  readonly archives: string;

  constructor(
    private readonly folder: string,
    env: NodeJS.ProcessEnv,
    machine: Machine,
    mirror: Mirror,
    suite: string,
  ) {
    for (const name of [
      'etc/apt.conf.d',
      'etc/preferences.d',
      'state/lists/partial',
      'cache/archives/partial',
    ]) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    this.archives = join(folder, 'debs');
    mkdirSync(this.archives, { recursive: true });
    writeFileSync(join(folder, 'status'), '');
    const options = mirror.keyrings.length === 0 ? '' : `[signed-by=${mirror.keyrings.join(',')}] `;
    const source = `deb ${options}${mirror.uri} ${suite} ${mirror.components.join(' ')}\n`;
    writeFileSync(join(folder, 'etc', 'sources.list'), source);
    writeFileSync(join(folder, 'apt.conf'), configuration(folder, machine));
    this.env = {
      ...env,
      APT_CONFIG: join(folder, 'apt.conf'),
      LC_ALL: 'C',
      DEBIAN_FRONTEND: 'noninteractive',
    };
  }

  /**
   * Fetches the index. A mirror that lags lets its Release file expire: then, and only then, the date is not looked
   * at; the signature always is. Returns whether that was so.
   * @throws CommandError with apt's words.
   */
  async update(): Promise<{ expired: boolean }> {
    const update = ['-o', 'APT::Update::Error-Mode=any', 'update', '-qq'];
    try {
      await this.run('apt-get', update);
      return { expired: false };
    } catch (error) {
      if (!(error instanceof CommandError) || !/is expired/.test(error.words)) throw error;
      await this.run('apt-get', ['-o', 'Acquire::Check-Valid-Until=false', ...update]);
      return { expired: true };
    }
  }

  /** The names of all packages that begin so. */
  async names(prefix: string): Promise<string[]> {
    return (await this.run('apt-cache', ['pkgnames', prefix])).split('\n').filter((name) => name !== '');
  }

  /** Everything that installing these packages into an empty system would fetch. @throws CommandError */
  async closure(packages: readonly string[]): Promise<PackageFile[]> {
    const output = await this.run('apt-get', ['install', '-qq', '-y', '--print-uris', ...packages]);
    return [...output.matchAll(/^'[^']*' ([^_\s]+)_([^_\s]+)_\S+ (\d+)/gm)].map(
      ([, name = '', version = '', bytes = '']) => ({
        package: name,
        version: version.replace(/^\d+%3a/, ''),
        bytes: Number(bytes),
      }),
    );
  }

  /** Fetches these packages into `archives`, several at once; apt compares the checksums. @throws CommandError */
  async download(files: readonly PackageFile[]): Promise<void> {
    const lanes = Array.from({ length: DOWNLOADS_AT_ONCE }, (): string[] => []);
    // The large ones first, each to the next lane, so that all lanes carry about the same weight.
    const sorted = [...files].sort((a, b) => b.bytes - a.bytes);
    sorted.forEach((file, index) => lanes[index % DOWNLOADS_AT_ONCE]?.push(file.package));
    const filled = lanes.filter((lane) => lane.length > 0);
    await inParallel(filled, DOWNLOADS_AT_ONCE, async (lane) => {
      await this.run('apt-get', ['download', '-qq', ...lane]);
    });
  }

  /** Unpacks one fetched package file into a folder that may hold others already. @throws CommandError */
  async extract(file: string, into: string): Promise<void> {
    await this.run('dpkg-deb', ['-x', join(this.archives, file), into]);
  }

  /** Bytes of package files and of the (uncompressed) index that are here so far. */
  fetched(): number {
    return [this.archives, join(this.folder, 'state/lists'), join(this.folder, 'state/lists/partial')].reduce(
      (sum, path) => sum + sizeOf(path),
      0,
    );
  }

  private run(command: string, args: readonly string[]): Promise<string> {
    return runCommand(command, args, { env: this.env, cwd: this.archives });
  }
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => {
    return sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}

/** How this machine reaches the network (proxies, certificates, credentials) is kept, all else is our own. */
function configuration(folder: string, machine: Machine): string {
  const network = machine.settings.filter(([name]) =>
    /^Acquire::(https?|socks|ForceIPv[46]|Proxy)/i.test(name),
  );
  const settings: (readonly [string, string])[] = [
    ['Dir::State', join(folder, 'state')],
    ['Dir::State::status', join(folder, 'status')],
    ['Dir::Cache', join(folder, 'cache')],
    ['Dir::Etc', join(folder, 'etc')],
    ['Dir::Etc::netrc', settingPath(machine, 'Dir', 'Etc', 'netrc')],
    ['Dir::Etc::netrcparts', settingPath(machine, 'Dir', 'Etc', 'netrcparts')],
    ['Dir::Etc::trusted', settingPath(machine, 'Dir', 'Etc', 'trusted')],
    ['Dir::Etc::trustedparts', settingPath(machine, 'Dir', 'Etc', 'trustedparts')],
    ['Dir::Log', folder],
    ['APT::Install-Recommends', 'false'],
    ['APT::Sandbox::User', ''],
    ['Acquire::Languages', 'none'],
    ['Acquire::Retries', '2'],
    ['Acquire::http::Timeout', '15'],
    ['Acquire::https::Timeout', '15'],
    ['Debug::NoLocking', 'true'],
    ...network,
  ];
  return settings.map(([name, value]) => `${name} "${value}";\n`).join('');
}

/** Why apt could not fetch, in one line without its prefixes. */
export function aptWords(error: unknown): string {
  const words =
    error instanceof CommandError ? error.words : error instanceof Error ? error.message : String(error);
  const lines = words.split('\n').map((line) => line.replace(/^[EW]: /, '').trim());
  return lines.find((line) => line !== '') ?? 'no reason given';
}

/** true: the archive was reached, but does not have what was asked for. */
export function isAnswer(error: unknown): boolean {
  return (
    error instanceof CommandError && /Release file|404 |Unable to locate|unmet dependencies/.test(error.words)
  );
}

/** The architecture that dpkg builds for here: 'amd64', 'arm64'. @throws CommandError */
export async function architecture(env: NodeJS.ProcessEnv): Promise<string> {
  return (await runCommand('dpkg', ['--print-architecture'], { env })).trim();
}
