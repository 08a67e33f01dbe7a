import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { another, password, startService, type Service } from './support.js';

const register = '/api/auth/register';
const verify = '/api/auth/verify-email';

describe('registering where addresses are verified first', () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService({ REQUIRE_VERIFIED_EMAIL: 'true' });
  });
  afterAll(() => service[Symbol.asyncDispose]());

  it('makes an account by the mailed token, once', async () => {
    const email = 'ada@example.com';
    const reply = await service.post(register, { email: ' Ada@Example.com', password, name: 'Ada' });
    expect(reply.body).toEqual({
      statusCode: 202,
      success: true,
      message: 'Registration received: see your mailbox for what comes next',
      data: null,
    });
    expect((await service.login(email, password)).status).toBe(401);

    const { token, subject, text } = await service.mailbox.next(email);
    expect(subject).toBe('Confirm your e-mail address');
    expect(text).toContain('/verify-email#token=');
    expect(text).not.toContain('Ada');
    expect((await service.post(verify, { token })).body).toMatchObject({ statusCode: 200, success: true });
    expect((await service.login(email, password)).body.data?.user).toMatchObject({
      email,
      name: 'Ada',
      status: 'active',
      emailVerified: true,
    });
    expect((await service.post(verify, { token })).body).toMatchObject({
      statusCode: 400,
      code: 'INVALID_ONE_TIME_TOKEN',
    });
  });
});
