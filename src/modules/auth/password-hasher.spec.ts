import bcrypt from 'bcrypt';
import { describe, expect, it } from 'vitest';
import { authConfig } from '../../config/auth.config.js';
import { PasswordHasher } from './password-hasher.js';

const password = 'Correct-Horse-7-Battery';

function hasherOf(bcryptCost: number): PasswordHasher {
  return new PasswordHasher({ ...authConfig(), bcryptCost });
}

describe('PasswordHasher', () => {
  it('knows its own hashes', async () => {
    const hasher = hasherOf(4);
    const hash = await hasher.hash(password);
    expect(hash).toMatch(/^\$2b\$04\$/);
    expect(await hasher.verify(password, hash)).toBe(true);
    expect(await hasher.verify(`${password}!`, hash)).toBe(false);
  });

  it('takes as long without a hash as with one', async () => {
    const hasher = hasherOf(9);
    const hash = await hasher.hash(password);
    // Of processor, of all threads of this process: what others do to the machine counts for neither.
    const timeOf = async (against: string | null): Promise<number> => {
      const start = process.cpuUsage();
      expect(await hasher.verify('wrong', against)).toBe(false);
      return process.cpuUsage(start).user;
    };
    let [known, unknown] = [0, 0];
    for (let i = 0; i < 9; i += 1) {
      known += await timeOf(hash);
      unknown += await timeOf(null);
    }
    // At cost 9 a comparison takes tens of milliseconds; a short cut would take none.
    expect(unknown).toBeGreaterThan(known / 2);
    expect(unknown).toBeLessThan(known * 2);
  });

  it('tells a hash of another cost', async () => {
    expect(hasherOf(5).isOutdated(await hasherOf(4).hash(password))).toBe(true);
    expect(hasherOf(4).isOutdated(await hasherOf(4).hash(password))).toBe(false);
  });

  it('never cuts a password: over 72 bytes is refused before hashing', async () => {
    const hasher = hasherOf(4);
    const long = `Aa1!${'x'.repeat(68)}`;
    const hash = await bcrypt.hash(long, 4);
    expect(await hasher.verify(long, hash)).toBe(true);
    // bcrypt alone would call these the same password.
    expect(await hasher.verify(`${long}y`, hash)).toBe(false);
    await expect(hasher.hash(`${long}y`)).rejects.toMatchObject({ kind: 'invalid', code: 'WEAK_PASSWORD' });
  });
});
