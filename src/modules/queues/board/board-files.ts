import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

/** Something that a browser loads. */
export interface BoardFile {
  readonly mediaType: string;
  readonly content: string | Buffer;
  /** Whether its name changes when it does. */
  readonly isImmutable: boolean;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};
const hashed = /\.[\da-f]{8,}\./;
/** The only thing that the page would fetch from elsewhere; without it it takes a font of the system. */
const foreignLink = /<link[^>]+href="https?:[^>]*>/g;
const placeholder = /<%([=-]) *(\w+) *%>/g;

/** The page, filled in; the template has no more of its language than values. */
export async function readPage(file: string, values: Readonly<Record<string, string>>): Promise<BoardFile> {
  const template = await readFile(file, 'utf8');
  const content = template
    .replaceAll(foreignLink, '')
    .replaceAll(placeholder, (_, kind: string, name: string) => {
      const value = values[name] ?? '';
      return kind === '=' ? escaped(value) : value;
    });
  return { mediaType: 'text/html; charset=utf-8', content, isImmutable: false };
}

/** The files of a folder by their names in it. A name is looked up among those that are there: none leads out of it. */
export class BoardAssets {
  private names: Promise<ReadonlySet<string>> | undefined;

  constructor(private readonly folder: string) {}

  async find(name: string): Promise<BoardFile | undefined> {
    this.names ??= readdir(this.folder, { recursive: true }).then((names) => new Set(names));
    const mediaType = mediaTypes[extname(name)];
    if (mediaType === undefined || !(await this.names).has(name)) return undefined;
    return { mediaType, content: await readFile(join(this.folder, name)), isImmutable: hashed.test(name) };
  }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
