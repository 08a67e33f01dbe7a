import { expect, it } from 'vitest';
import { userIds } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { writtenFormats } from './user-export-format.js';
import type { SafeUser } from './user.types.js';

const now = new Date('2026-01-01T00:00:00Z');

async function* batchWith(name: string): AsyncGenerator<SafeUser[]> {
  yield [
    {
      id: newId(userIds),
      email: 'ada@people.example',
      name,
      age: 36,
      status: 'active',
      roles: [],
      profileImage: null,
      emailVerified: true,
      lastLoginAt: null,
      revision: 1,
      isDeleted: false,
      deletedAt: null,
      createdAt: now,
      updatedAt: now,
    },
  ];
}

/** What stands in the table for a user's name. */
async function written(name: string): Promise<string | undefined> {
  let text = '';
  for await (const part of writtenFormats.csv.write(batchWith(name))) text += part;
  return /,ada@people\.example,(.*),36,active,/s.exec(text)?.[1];
}

it.each([
  ['=1+1', "'=1+1"],
  ['-1', "'-1"],
  [' =1+1', "' =1+1"],
  ['\u00A0=1+1', "'\u00A0=1+1"],
  ['\u3000@SUM(A1)', "'\u3000@SUM(A1)"],
  ['\u200B=1+1', "'\u200B=1+1"],
  ['\uFE661', "'\uFE661"],
  ['\uFF1D1', "'\uFF1D1"],
  ['\uFE621', "'\uFE621"],
  ['a;=1', '"a;\'=1"'],
  ['a; \uFF1D1', '"a;\' \uFF1D1"'],
  ['a\t+1', '"a\t\'+1"'],
  ['a;b', '"a;b"'],
  ['a, =1', '"a, =1"'],
  ['a "b"', '"a ""b"""'],
  ["Anne-Marie O'Neil", "Anne-Marie O'Neil"],
  ['1 + 1 = 2', '1 + 1 = 2'],
])('the name %j stands in a CSV as %j', async (name, cell) => {
  expect(await written(name)).toBe(cell);
});
