import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileMailer } from './file-mailer.js';
import type { Mail } from './mailer.js';

let folder: string;
let mailer: FileMailer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nexus-mailer-'));
  mailer = new FileMailer(join(folder, 'mail'), 'Nexus <no-reply@nexus.local>');
});
afterEach(() => rm(folder, { recursive: true }));

function mail(changes: Partial<Mail> = {}): Mail {
  return {
    to: { name: 'Ada', email: 'ada@example.com' },
    subject: 'Hello',
    text: 'text',
    html: '<p>html</p>',
    ...changes,
  };
}

const files = () => readdir(join(folder, 'mail'));
const content = (name: string) => readFile(join(folder, 'mail', name), 'utf8');

/** The header lines, folded ones joined. */
function headers(message: string): string[] {
  const [head = ''] = message.split('\r\n\r\n');
  return head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
}

it('writes a mail to a file named by its scope, and leaves no draft', async () => {
  expect(await mailer.wasSent('a1/part')).toBe(false);
  await mailer.send('a1/part', mail());
  expect(await mailer.wasSent('a1/part')).toBe(true);
  expect(await files()).toEqual(['a1.part.eml']);
  const written = headers(await content('a1.part.eml'));
  expect(written).toContain('Message-ID: <a1.part@nexus>');
  expect(written).toContain('From: Nexus <no-reply@nexus.local>');
  expect(written).toContain('To: Ada <ada@example.com>');
});

it('keeps the first of several that are sent at once in the same scope', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`);
  await Promise.all(texts.map((text) => mailer.send('b2', mail({ text }))));
  expect(await files()).toEqual(['b2.eml']);
  const first = await content('b2.eml');
  await mailer.send('b2', mail({ text: 'later' }));
  expect(await content('b2.eml')).toBe(first);
});

it.each<[string, Partial<Mail>]>([
  ['subject', { subject: 'Hi\r\nBcc: eve@example.com\r\n\r\nbody' }],
  ['name', { to: { name: 'Ada\r\nBcc: eve@example.com', email: 'ada@example.com' } }],
  ['address', { to: { name: 'Ada', email: 'ada@example.com\r\nBcc: eve@example.com' } }],
])('lets no line break in the %s begin another header', async (_, changes) => {
  await mailer.send('c3', mail(changes));
  const written = headers(await content('c3.eml'));
  expect(written.filter((line) => /^bcc:/i.test(line))).toEqual([]);
  expect(written.filter((line) => /^to:/i.test(line))).toHaveLength(1);
});

it.each(['../d4', 'd4/../../e', '.d4', '', 'a b', 'a\0b'])(
  'refuses %j as the name of a file',
  async (scope) => {
    await expect(mailer.send(scope, mail())).rejects.toThrow('cannot name a mail');
  },
);

it('says so when the folder cannot be written', async () => {
  const broken = new FileMailer('/dev/null/mail', 'a@b.c');
  await expect(broken.send('e5', mail())).rejects.toThrow('ENOTDIR');
});
