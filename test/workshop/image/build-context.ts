import { cpSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Copies what the engine would be sent of a folder: everything but what its .dockerignore names. */
export function copyBuildContext(root: string, target: string): void {
  const ignored = ignoredBy(readFileSync(join(root, '.dockerignore'), 'utf8'));
  cpSync(root, target, {
    recursive: true,
    filter: (source) => source === root || !ignored(relative(root, source).split(sep).join('/')),
  });
}

/** The rule of .dockerignore: the last pattern that matches the path or a folder above it decides; ! lets it in. */
export function ignoredBy(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ ignores: !line.startsWith('!'), expression: expressionOf(line.replace(/^!/, '')) }));
  return (path) => patterns.findLast(({ expression }) => expression.test(path))?.ignores ?? false;
}

function expressionOf(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`);
  const source = escaped.replaceAll(/\*\*\/|\*\*|\*|\?/g, (wildcard) => {
    if (wildcard === '**/') return '(?:.*/)?';
    if (wildcard === '**') return '.*';
    return wildcard === '*' ? '[^/]*' : '[^/]';
  });
  return new RegExp(`^${source}(?:/.*)?$`);
}
