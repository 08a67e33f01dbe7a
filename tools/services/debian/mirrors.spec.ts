import { describe, expect, it } from 'vitest';
import type { Machine } from './machine.js';
import { findMirrors } from './mirrors.js';

const SETTINGS: [string, string][] = [
  ['Dir', '/'],
  ['Dir::State', 'var/lib/apt'],
  ['Dir::State::lists', 'lists/'],
  ['Dir::Etc', 'etc/apt'],
  ['Dir::Etc::sourcelist', 'sources.list'],
  ['Dir::Etc::sourceparts', 'sources.list.d'],
];

function machine(files: Record<string, string>, more: Partial<Machine> = {}): Machine {
  return {
    id: 'debian',
    codename: 'bookworm',
    homeUrl: 'https://www.home.test/',
    settings: SETTINGS,
    targets: [],
    readFile: (path) => files[path] ?? '',
    readFolder: (path) =>
      Object.keys(files)
        .filter((file) => file.startsWith(`${path.replace(/\/$/, '')}/`))
        .map((file) => file.slice(path.replace(/\/$/, '').length + 1)),
    ...more,
  };
}

const EXAMPLE = '/usr/share/doc/apt/examples/sources.list';
const LIST = '/etc/apt/sources.list';
const RELEASE = 'SHA\nOrigin: Debian\nLabel: Debian\n';

describe('the archives to try', () => {
  const table: [string, Machine, string[]][] = [
    [
      'what apt says, less security and other vendors',
      machine(
        { [LIST]: 'deb http://file.test/debian bookworm main' },
        {
          targets: [
            'http://a.test/debian-security/|Debian|bookworm-security|main',
            'http://vendor.test/|Docker|bookworm|stable',
            'http://a.test/debian/|Debian|bookworm|main',
          ],
        },
      ),
      ['http://a.test/debian/'],
    ],
    [
      'sources.list',
      machine({ [LIST]: 'deb http://vendor.test/x nodistro main\ndeb http://b.test/debian bookworm main' }),
      ['http://b.test/debian/'],
    ],
    [
      'a *.sources file, each archive once',
      machine({
        '/etc/apt/sources.list.d/debian.sources':
          'Types: deb\nURIs: http://c.test/debian\nSuites: bookworm bookworm-updates\nComponents: main',
      }),
      ['http://c.test/debian/'],
    ],
    [
      "an index that apt once fetched, by the file's name, not another vendor's",
      machine({
        '/var/lib/apt/lists/vendor.test_x_dists_bookworm_InRelease': 'SHA\nOrigin: Vendor\n',
        '/var/lib/apt/lists/d.test_my%5fpath_debian_dists_bookworm_InRelease': RELEASE,
        [EXAMPLE]: 'deb http://example.test/debian bookworm main',
      }),
      ['http://d.test/my_path/debian/', 'https://d.test/my_path/debian/'],
    ],
    [
      'a mirror list',
      machine({ '/etc/apt/mirrors/debian.list': '# mirrors\nhttps://e.test/debian\tpriority:1\n' }),
      ['https://e.test/debian/'],
    ],
    [
      "apt's example",
      machine({ [EXAMPLE]: 'deb http://f.test/debian bookworm main contrib' }),
      ['http://f.test/debian/'],
    ],
    ["the distribution's own name", machine({}), ['http://deb.home.test/debian/']],
    ['nothing, for another distribution without sources', machine({}, { id: 'ubuntu' }), []],
  ];
  it.each(table)('%s', (_, given, expected) => {
    expect(findMirrors(given).map(({ uri }) => uri)).toEqual(expected);
  });

  it("signs by the distribution's full keyring, else by the stanza's, else by what apt trusts", () => {
    const stanza =
      'Types: deb\nURIs: http://c.test/debian\nSuites: bookworm\nComponents: main\nSigned-By: /keys/own.gpg';
    const sources = { '/etc/apt/sources.list.d/debian.sources': stanza };
    const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
    expect(findMirrors(machine(sources))[0]?.keyrings).toEqual([]);
    expect(findMirrors(machine({ ...sources, '/keys/own.gpg': 'key' }))[0]?.keyrings).toEqual([
      '/keys/own.gpg',
    ]);
    expect(findMirrors(machine({ ...sources, [keyring]: 'key' }))[0]?.keyrings).toEqual([keyring]);
  });

  it('follows an absolute folder in the settings of apt', () => {
    const settings: [string, string][] = [...SETTINGS, ['Dir::Etc::sourcelist', '/elsewhere/my.list']];
    const moved = settings.filter(
      ([name, value]) => name !== 'Dir::Etc::sourcelist' || value.startsWith('/'),
    );
    const files = { '/elsewhere/my.list': 'deb http://g.test/debian bookworm main' };
    expect(findMirrors(machine(files, { settings: moved })).map(({ uri }) => uri)).toEqual([
      'http://g.test/debian/',
    ]);
  });
});
