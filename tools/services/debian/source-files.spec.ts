import { describe, expect, it } from 'vitest';
import { parseOneLine, parseStanzas } from './source-files.js';

describe('apt source files', () => {
  it('reads one-line entries with and without options, and nothing else', () => {
    const text = [
      '# deb http://commented.test/debian bookworm main',
      'deb http://a.test/debian bookworm main contrib # a remark',
      'deb [arch=amd64 signed-by=/keys/a.gpg] https://b.test/x/ testing main',
      'deb-src http://c.test/debian bookworm main',
      '',
    ].join('\n');
    expect(parseOneLine(text)).toEqual([
      { uri: 'http://a.test/debian', suite: 'bookworm', components: ['main', 'contrib'], signedBy: null },
      { uri: 'https://b.test/x/', suite: 'testing', components: ['main'], signedBy: '/keys/a.gpg' },
    ]);
  });

  it('reads deb822 stanzas: every pair of URI and suite, folded fields, no disabled ones', () => {
    const text = [
      'Types: deb deb-src',
      '# a comment inside',
      'URIs: http://a.test/debian',
      ' http://b.test/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /keys/a.pgp',
      '',
      'Enabled: no',
      'Types: deb',
      'URIs: http://off.test/debian',
      'Suites: bookworm',
      '',
      'Types: deb-src',
      'URIs: http://source.test/debian',
      'Suites: bookworm',
    ].join('\n');
    const entries = parseStanzas(text);
    expect(entries.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.test/debian bookworm',
      'http://a.test/debian bookworm-updates',
      'http://b.test/debian bookworm',
      'http://b.test/debian bookworm-updates',
    ]);
    expect(entries[0]).toMatchObject({ components: ['main'], signedBy: '/keys/a.pgp' });
  });

  it('takes a key that is written out in the stanza for none', () => {
    const text =
      'Types: deb\nURIs: http://a.test/d\nSuites: s\nComponents: main\nSigned-By:\n -----BEGIN PGP';
    expect(parseStanzas(text)[0]?.signedBy).toBeNull();
  });
});
