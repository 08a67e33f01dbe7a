import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { another, hour, invalidToken, later, password, startService, type Service } from './support.js';

const verifyEmail = '/api/auth/verify-email';
const received = {
  statusCode: 202,
  success: true,
  message: 'Registration received: see your mailbox for what comes next',
  data: null,
};

let service: Service;
const register = (email: string, chosen = password, name = 'Ada Lovelace') =>
  service.post('/api/auth/register', { email, password: chosen, name });
const verify = (token: string) => service.post(verifyEmail, { token });

describe('registering where an address is verified first', () => {
  beforeAll(async () => {
    service = await startService({ REQUIRE_VERIFIED_EMAIL: 'true' });
  });
  afterAll(() => service[Symbol.asyncDispose]());

  it('makes an account by the mailed token, once', async () => {
    const email = 'ada@example.com';
    expect((await register(' Ada@Example.com')).body).toEqual(received);
    expect((await service.login(email, password)).status).toBe(401);

    const { token, subject, text } = await service.mailbox.next(email);
    expect(subject).toBe('Confirm your e-mail address');
    expect(text).toContain('/verify-email#token=');
    // Whoever registers chooses the name: it must not reach a stranger's mailbox.
    expect(text).not.toContain('Lovelace');
    expect((await verify(token)).body).toMatchObject({ statusCode: 200, success: true });
    const { body } = await service.login(email, password);
    expect(body.data?.user).toMatchObject({
      email,
      name: 'Ada Lovelace',
      status: 'active',
      emailVerified: true,
      role: [{ name: 'user' }],
    });
    expect((await verify(token)).body).toMatchObject(invalidToken);
    expect(await service.audited('auth.register', email)).toBe(1);
    expect(await service.audited('auth.verify-email', String(body.data?.user?.id))).toBe(1);
  });

  it('tells an existing account by mail only, and leaves it as it is', async () => {
    await service.createUser('known@example.com');
    await service.database
      .collection('users')
      .updateOne({ email: 'known@example.com' }, { $set: { emailVerified: true } });
    expect((await register('known@example.com', another)).body).toEqual(received);
    const { subject, token } = await service.mailbox.next('known@example.com');
    expect([subject, token]).toEqual(['You already have an account', '']);
    expect((await service.login('known@example.com', password)).status).toBe(200);
    expect((await service.login('known@example.com', another)).status).toBe(401);
  });

  it('gives an address to the attempt that its owner confirms: whoever was first gains nothing', async () => {
    const email = 'victim@example.com';
    await register(email, another, 'Mallory');
    const attackers = await service.mailbox.next(email);
    await register(email, password, 'Vic');
    const own = await service.mailbox.next(email, 1);

    expect((await verify(own.token)).status).toBe(200);
    expect((await service.login(email, another)).status).toBe(401);
    expect((await service.login(email, password)).body.data?.user).toMatchObject({ name: 'Vic' });
    expect((await verify(attackers.token)).body).toMatchObject(invalidToken);
    expect(await service.database.collection('registrations').countDocuments({ email })).toBe(0);
  });

  it('makes one account of attempts in every spelling that are confirmed at once', async () => {
    const email = 'zo\u00eb@example.com';
    const spellings = [email, 'ZO\u00cb@example.com', 'zoe\u0308@example.com', 'Zoe\u0308@EXAMPLE.com'];
    await Promise.all(spellings.map((spelling) => register(spelling)));
    await service.mailbox.next(email, spellings.length - 1);
    const tokens = service.mailbox.all(email).map(({ token }) => token);
    const replies = await Promise.all(tokens.map(verify));
    expect(replies.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400]);
    expect(await service.database.collection('users').countDocuments({ email })).toBe(1);
  });

  it('sends the mail again, and to whom nothing is to be verified nothing', async () => {
    const resend = (email: string) => service.post('/api/auth/resend-verification', { email });
    await register('again@example.com');
    const first = await service.mailbox.next('again@example.com');
    const answers = await Promise.all(
      ['again@example.com', 'nobody@example.com', 'ada@example.com'].map(resend),
    );
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
    expect(answers[0]?.status).toBe(202);
    const second = await service.mailbox.next('again@example.com', 1);
    expect(second.token).not.toBe(first.token);
    expect((await verify(second.token)).status).toBe(200);
    expect((await verify(first.token)).body).toMatchObject(invalidToken);
    await service.settled();
    expect(service.mailbox.all('nobody@example.com')).toEqual([]);
    expect(service.mailbox.all('ada@example.com')).toHaveLength(1);
  });

  it('sends no link again when it cannot tell whose attempt is meant', async () => {
    const email = 'several@example.com';
    await register(email, another);
    await register(email, password);
    await service.mailbox.next(email, 1);
    await service.post('/api/auth/resend-verification', { email });
    expect(await service.mailbox.next(email, 2)).toMatchObject({ subject: 'Register once more', token: '' });
  });

  it('forgets an attempt after a day', async () => {
    await register('late@example.com');
    const { token } = await service.mailbox.next('late@example.com');
    expect((await later(24 * hour + 1, () => verify(token))).body).toMatchObject(invalidToken);
    expect((await verify(token)).status).toBe(200);
  });

  it.each([
    ['line breaks', 'ada@example.com\r\nBcc: eve@example.com', 'email'],
    ['something invisible', 'ad\u200ba@example.com', 'email'],
    ['no address', 'ada', 'email'],
  ])('refuses an address with %s', async (_, email, path) => {
    const reply = await register(email);
    expect(reply.body).toMatchObject({ statusCode: 400, code: 'VALIDATION_FAILED' });
    expect(JSON.stringify(reply.body.errors)).toContain(`"path":"${path}"`);
  });

  it('refuses a weak password for every reason at once', async () => {
    const reply = await register('weak@example.com', 'short');
    expect(reply.body).toMatchObject({
      statusCode: 400,
      code: 'WEAK_PASSWORD',
      errors: [
        { path: 'password', message: 'Password must be at least 8 characters' },
        { path: 'password', message: 'Password is too weak. Use a mix of letters, numbers, and symbols.' },
        {
          path: 'password',
          message: 'Password must contain uppercase, lowercase, number, and special character.',
        },
      ],
    });
    // Of every kind, and made of the owner's name.
    expect((await register('weak@example.com', 'Lovelace1!')).body).toMatchObject({ code: 'WEAK_PASSWORD' });
  });

  it('writes no secret and no address into a job', async () => {
    const jobs = await service.database.collection('jobs').find({ name: 'account-mail' }).toArray();
    expect(jobs.length).toBeGreaterThan(10);
    for (const { data } of jobs) {
      expect(Object.keys(data)).toEqual(
        expect.arrayContaining(['template', 'requestId', expect.stringMatching(/^(userId|registrationId)$/)]),
      );
      expect(Object.keys(data)).toHaveLength(3);
      expect(JSON.stringify(data)).not.toMatch(/@|\$2b\$|[\w-]{43}/);
    }
  });
});
