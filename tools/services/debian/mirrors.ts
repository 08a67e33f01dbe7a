import { join } from 'node:path';
import { settingPath, type Machine } from './machine.js';
import { parseOneLine, parseStanzas, type SourceEntry } from './source-files.js';

/** A package archive of the machine's own distribution. */
export interface Mirror {
  uri: string;
  components: string[];
  /** Files with the keys that may sign it; none: the keys that apt trusts on this machine. */
  keyrings: string[];
  /** Where this mirror's name was found, for messages. */
  foundIn: string;
}

type Found = Omit<Mirror, 'components' | 'keyrings'> & { signedBy?: string | null };

const EXAMPLE = '/usr/share/doc/apt/examples/sources.list';
const MIRROR_LISTS = '/etc/apt/mirrors';

/**
 * The archives to try, the likeliest first. What apt is configured with comes before all; only when it is configured
 * with nothing (sources.list absent) are the traces of an earlier configuration asked, then the examples that apt
 * ships, then the name that the distribution gives itself.
 */
export function findMirrors(machine: Machine): Mirror[] {
  const stages = [fromTargets, fromSourceFiles, fromListNames, fromMirrorLists, fromExample, fromHomePage];
  for (const stage of stages) {
    const found = stage(machine).filter(({ uri }) => !/security|backports|debug/.test(uri));
    const mirrors = new Map(found.map((mirror) => [mirror.uri.replace(/\/*$/, '/'), mirror]));
    if (mirrors.size > 0) return [...mirrors].map(([uri, mirror]) => complete(machine, uri, mirror));
  }
  return [];
}

function complete(machine: Machine, uri: string, { foundIn, signedBy }: Found): Mirror {
  const components = machine.id === 'ubuntu' ? ['main', 'universe'] : ['main'];
  const own = ['pgp', 'gpg'].map((ending) => `/usr/share/keyrings/${machine.id}-archive-keyring.${ending}`);
  const keyrings = [...own, signedBy ?? ''].filter((path) => machine.readFile(path) !== '');
  return { uri, components, keyrings: keyrings.slice(0, 1), foundIn };
}

/** What apt itself knows; silent until the first `apt-get update`. */
function fromTargets(machine: Machine): Found[] {
  return machine.targets
    .map((line) => line.split('|'))
    .filter(([, origin = '']) => origin.toLowerCase() === machine.id)
    .map(([uri = '']) => ({ uri, foundIn: 'apt' }));
}

function fromSourceFiles(machine: Machine): Found[] {
  const list = settingPath(machine, 'Dir', 'Etc', 'sourcelist');
  const parts = settingPath(machine, 'Dir', 'Etc', 'sourceparts');
  const files = [list, ...machine.readFolder(parts).map((name) => join(parts, name))];
  return files.flatMap((file) => {
    const text = machine.readFile(file);
    const entries = file.endsWith('.sources')
      ? parseStanzas(text)
      : file.endsWith('.list')
        ? parseOneLine(text)
        : [];
    return entries
      .filter((entry) => isOwn(machine, entry))
      .map(({ uri, signedBy }) => ({ uri, signedBy, foundIn: file }));
  });
}

/** Other vendors' archives have suites or components of other names; what slips through fails on its signature. */
function isOwn(machine: Machine, { suite, components }: SourceEntry): boolean {
  const suites = [machine.codename, `${machine.codename}-updates`, 'stable', 'testing', 'unstable', 'sid'];
  return components.includes('main') && suites.includes(suite);
}

/** Indexes that apt fetched once are named after where they came from: host_path_dists_suite_InRelease. */
function fromListNames(machine: Machine): Found[] {
  const folder = settingPath(machine, 'Dir', 'State', 'lists');
  return machine.readFolder(folder).flatMap((name) => {
    const place = /^(.+)_dists_[^_]+_(?:In)?Release$/.exec(name)?.[1];
    if (
      place === undefined ||
      !machine.readFile(join(folder, name)).includes(`\nOrigin: ${titled(machine.id)}\n`)
    )
      return [];
    const path = decodeURIComponent(place.replaceAll('_', '/'));
    return ['http', 'https'].map((scheme) => ({ uri: `${scheme}://${path}`, foundIn: folder }));
  });
}

function fromMirrorLists(machine: Machine): Found[] {
  return machine
    .readFolder(MIRROR_LISTS)
    .flatMap((name) => machine.readFile(join(MIRROR_LISTS, name)).split('\n'))
    .filter((line) => /^https?:\/\//.test(line))
    .map((line) => ({ uri: line.split(/\s/)[0] ?? '', foundIn: MIRROR_LISTS }));
}

function fromExample(machine: Machine): Found[] {
  return parseOneLine(machine.readFile(EXAMPLE)).map(({ uri }) => ({ uri, foundIn: EXAMPLE }));
}

/** The last resort: Debian's archive is the host `deb` of the domain that os-release gives as Debian's home. */
function fromHomePage(machine: Machine): Found[] {
  const host = /^https?:\/\/(?:www\.)?([a-z0-9.-]+)/.exec(machine.homeUrl)?.[1];
  if (machine.id !== 'debian' || host === undefined) return [];
  return [{ uri: `http://deb.${host}/debian`, foundIn: '/etc/os-release' }];
}

function titled(id: string): string {
  return `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;
}
