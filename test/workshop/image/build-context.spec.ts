import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { ignoredBy } from './build-context.js';

const ignored = ignoredBy(readFileSync(resolve(import.meta.dirname, '../../../.dockerignore'), 'utf8'));

it.each([
  '.env',
  '.git/config',
  'node_modules/bcrypt/package.json',
  '.nexus/mail/1.eml',
  'dist/main.js',
  'src/a.spec.ts',
])('the image is built without %s', (path) => expect(ignored(path)).toBe(true));

it.each(['package.json', 'package-lock.json', 'src/main.ts', 'src/modules/users/users.service.ts'])(
  'the image is built with %s',
  (path) => expect(ignored(path)).toBe(false),
);
