/** One repository as apt's source files name it. */
export interface SourceEntry {
  uri: string;
  suite: string;
  components: string[];
  /** A path of Signed-By; a key written out in the file counts as none. */
  signedBy: string | null;
}

/** Reads the one-line format: `deb [options] uri suite component...`. */
export function parseOneLine(text: string): SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\/[^\s,]+)/.exec(options)?.[1] ?? null;
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** Reads the deb822 format (*.sources): stanzas of `Field: value` with continuation lines. */
export function parseStanzas(text: string): SourceEntry[] {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .split(/\n\s*\n/)
    .flatMap((stanza) => {
      const fields = readFields(stanza);
      const off = /^(no|false|without|off|disable)$/i.test((fields.get('enabled') ?? 'yes').trim());
      if (off || !words(fields.get('types') ?? '').includes('deb')) return [];
      const components = words(fields.get('components') ?? '');
      const keyring = words(fields.get('signed-by') ?? '')[0] ?? '';
      const signedBy = keyring.startsWith('/') ? keyring : null;
      return words(fields.get('uris') ?? '').flatMap((uri) =>
        words(fields.get('suites') ?? '').map((suite) => ({ uri, suite, components, signedBy })),
      );
    });
}

function readFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z-]+):(.*)$/.exec(line);
    if (match !== null) {
      name = (match[1] ?? '').toLowerCase();
      fields.set(name, match[2] ?? '');
    } else if (/^\s/.test(line)) {
      fields.set(name, `${fields.get(name) ?? ''} ${line}`);
    }
  }
  return fields;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
