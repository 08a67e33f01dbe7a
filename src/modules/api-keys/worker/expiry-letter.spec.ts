import { expect, it } from 'vitest';
import { userIds } from '../../../common/ids.js';
import { addresseeOf } from '../../notifications/recipient-directory.js';
import { expiryLetter } from './expiry-letter.js';

const key = { name: 'win a prize', prefix: 'nxs_abc', expiresAt: new Date('2026-12-24T08:00:00Z') };
const owner = {
  id: userIds.parse('665f1c2e9b1e8a0012345678'),
  email: 'ada@example.com',
  name: 'Open me',
  status: 'active',
  pendingEmail: null,
  previousEmail: null,
} as const;
const textOf = (emailVerified: boolean): string =>
  JSON.stringify(expiryLetter(addresseeOf({ ...owner, emailVerified }), key));

it('names the owner and the key', () => {
  expect(textOf(true)).toContain('Hello Open me,');
  expect(textOf(true)).toContain('win a prize');
  expect(textOf(true)).toContain('nxs_abc');
});

it('tells an address that nobody has confirmed which key it is, without a word that somebody chose', () => {
  expect(textOf(false)).toContain('"Hello,"');
  expect(textOf(false)).toContain('nxs_abc');
  expect(textOf(false)).not.toContain('win a prize');
  expect(textOf(false)).not.toContain('Open me');
});
