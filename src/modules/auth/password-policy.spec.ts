import { describe, expect, it } from 'vitest';
import { authConfig } from '../../config/auth.config.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';
import { PasswordStrength } from './password-strength.js';

const short = 'Password must be at least 8 characters';
const long = 'Password must be at most 72 bytes';
const weak = 'Password is too weak. Use a mix of letters, numbers, and symbols.';
const half = 'Password must not contain half a surrogate pair';
const kinds = 'Password must contain uppercase, lowercase, number, and special character.';
const repeated = 'Password cannot be one of your last 5 passwords';

const strength = new PasswordStrength();
const hasher = new PasswordHasher({ ...authConfig(), bcryptCost: 4 });
const policy = new PasswordPolicy(strength, hasher);
const owner = { email: 'ada.lovelace@analytical-engine.example', name: 'Ada Lovelace' };

describe('password policy', () => {
  it.each([
    ['Correct-Horse-7-Battery', []],
    ['Grüße-an-7-Zwerge', []],
    ['Aa1!', [short, weak]],
    ['', [short, weak, kinds]],
    ['correct-horse-7-battery', [kinds]],
    ['Correct-Horse-7-Battery\ud800', [half]],
    // Of every kind, and known to everybody who guesses.
    ['Password1!', [weak]],
    ['P@ssw0rd123', [weak]],
    ['Summer2026!', [weak]],
    ['Qwertyuiop1!', [weak]],
    ['password', [weak, kinds]],
    // What the owner is called and where they live.
    ['Lovelace.2026', [weak]],
    ['Analytical1!', [weak]],
    ['Lovelace1!', [weak]],
    // Not judged: 73 bytes are refused for their number alone.
    [`Aa1!${'x'.repeat(69)}`, [long]],
    ['x'.repeat(256), [long, kinds]],
  ])('%j -> %j', async (password, problems) => {
    expect(await policy.problems(password, owner)).toEqual(problems);
  });

  it('knows the passwords of before', async () => {
    const former = [
      await hasher.hash('Another-Horse-8-Battery'),
      await hasher.hash('Correct-Horse-7-Battery'),
    ];
    expect(await policy.problems('Correct-Horse-7-Battery', { ...owner, former })).toEqual([repeated]);
    expect(await policy.problems('Further-Horse-9-Battery', { ...owner, former })).toEqual([]);
  });

  it('tells every reason at once, on the field it came from', async () => {
    await expect(policy.assert('short', owner, 'newPassword')).rejects.toMatchObject({
      kind: 'invalid',
      code: 'WEAK_PASSWORD',
      message: short,
      errors: [short, weak, kinds].map((message) => ({ path: 'newPassword', message })),
    });
  });
});

describe('judging a password', () => {
  /** Milliseconds of processor time, the least of three: others use the processor as well. */
  async function cost(password: string): Promise<number> {
    const times: number[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const start = process.cpuUsage();
      await strength.score(password, ['ada', 'lovelace']);
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1_000);
    }
    return Math.min(...times);
  }

  it.each(['Aa1!'.repeat(16) + 'Aa42', '4@8({[</369!1|'.repeat(5).slice(0, 68), 'p4$$w0rd'.repeat(9)])(
    'takes about as long for %j as for its first 20 characters',
    async (nasty) => {
      await strength.score('Warm-Up-7', []);
      const short = await cost(nasty.slice(0, 20));
      // Judged whole it takes four times as long or more.
      expect(await cost(nasty)).toBeLessThan(2.5 * short + 20);
    },
  );

  it('finds a long password strong by its end', async () => {
    expect(await strength.score('aaaaaaaaaaaaaaaaaaaaaaaaaaaaKj7#vQ!mZ2&w', [])).toBeGreaterThanOrEqual(3);
    expect(await strength.score('Aa1!'.repeat(16), [])).toBeLessThan(3);
  });

  it('leaves the process free while it thinks', async () => {
    // One of those that take longest.
    const slow = 'p4$$w0rd'.repeat(9);
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    await strength.score(slow, []);
    clearInterval(ticking);
    // A hundred on an idle machine; none, or one, if it were done here.
    expect(ticks).toBeGreaterThan(3);
  });

  it('refuses when more passwords wait than can be judged soon', async () => {
    const all = await Promise.allSettled(
      Array.from({ length: 120 }, () => strength.score('p4$$w0rd'.repeat(3), [])),
    );
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused[0]).toMatchObject({ reason: { code: 'BUSY' } });
  });
});
