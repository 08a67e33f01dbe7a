import { another } from '../../accounts/support.js';
import { expectStatus, idOf, type Ground, type Person, type Walker } from './walker.js';

/** A wrong one of six digits. */
const other = (code: string): string => (code === '000000' ? '111111' : '000000');

async function register(on: Ground): Promise<string> {
  const email = on.freshEmail();
  const wish = { email, password: another, name: 'Ada' };
  expectStatus(await on.anybody.post('/api/auth/register', wish), 202);
  return email;
}

async function mailedCode(on: Ground, { email }: Person): Promise<string> {
  expectStatus(await on.anybody.post('/api/auth/otp/request', { email }), 202);
  return (await on.service.mailbox.next(email)).code;
}

async function askForEmail(on: Ground): Promise<{ id: string; newEmail: string }> {
  const { id, client, password } = await on.somebody();
  const newEmail = on.freshEmail();
  expectStatus(await client.post('/api/users/me/email', { newEmail, currentPassword: password }), 202);
  return { id, newEmail };
}

export const authWalkers = {
  'auth.register': async (on) => ({ actor: on.stranger, target: await register(on) }),

  'auth.verify-email': async (on) => {
    const email = await register(on);
    const { token } = await on.service.mailbox.next(email);
    expectStatus(await on.anybody.post('/api/auth/verify-email', { token }), 200);
    const me = await on.loggedIn(await on.service.login(email, another)).client.get('/api/users/me');
    const id = idOf(me, 200);
    return { actor: id, target: id };
  },

  'auth.accept-invitation': async (on) => {
    const email = on.freshEmail();
    const id = idOf(await on.admin.post('/api/users', { email, name: 'Ada' }), 201);
    const { token } = await on.service.mailbox.next(email);
    expectStatus(await on.anybody.post('/api/auth/reset-password', { token, password: another }), 200);
    return { actor: id, target: id };
  },

  'auth.login': async (on) => {
    const { id, sessionId } = await on.somebody();
    return { actor: id, target: sessionId };
  },

  'auth.login-failed': async (on) => {
    const { email } = await on.person();
    expectStatus(await on.service.login(email, another), 401);
    return { actor: on.stranger, target: email, outcome: 'failed' };
  },

  'auth.logout': async (on) => {
    const { id, client, sessionId } = await on.somebody();
    expectStatus(await client.post('/api/auth/logout'), 200);
    return { actor: id, target: sessionId };
  },

  'auth.logout-all': async (on) => {
    const { id, client } = await on.somebody();
    expectStatus(await client.post('/api/auth/logout-all'), 200);
    return { actor: id, target: id };
  },

  'auth.refresh-reused': async (on) => {
    const { sessionId, refreshToken } = await on.somebody();
    const refresh = (token: string) => on.anybody.post('/api/auth/refresh', { refreshToken: token });
    const child = on.loggedIn(await refresh(refreshToken)).refreshToken;
    expectStatus(await refresh(child), 200);
    expectStatus(await refresh(refreshToken), 401);
    // Whoever it was: of the two who have the token, one has stolen it.
    return { actor: on.stranger, target: sessionId, outcome: 'refused', changes: ['userId'] };
  },

  'auth.session-ended': async (on) => {
    const here = await on.somebody();
    const there = await on.login(here);
    expectStatus(await here.client.delete(`/api/auth/sessions/${there.sessionId}`), 200);
    return { actor: here.id, target: there.sessionId };
  },

  'auth.password-changed': async (on) => {
    const { id, client, password } = await on.somebody();
    const wish = { currentPassword: password, newPassword: another };
    expectStatus(await client.post('/api/auth/change-password', wish), 200);
    return { actor: id, target: id };
  },

  'auth.password-reset': async (on) => {
    const { id, email } = await on.person();
    expectStatus(await on.anybody.post('/api/auth/forgot-password', { email }), 202);
    const { token } = await on.service.mailbox.next(email);
    expectStatus(await on.anybody.post('/api/auth/reset-password', { token, password: another }), 200);
    return { actor: id, target: id };
  },

  'auth.email-change-requested': async (on) => {
    const { id } = await askForEmail(on);
    return { actor: id, target: id, changes: ['email'] };
  },

  'auth.email-changed': async (on) => {
    const { id, newEmail } = await askForEmail(on);
    const { token } = await on.service.mailbox.next(newEmail);
    expectStatus(await on.anybody.post('/api/auth/verify-email', { token }), 200);
    return { actor: id, target: id, changes: ['email'] };
  },

  'auth.otp-login': async (on) => {
    const person = await on.person();
    const code = await mailedCode(on, person);
    const reply = await on.anybody.post('/api/auth/otp/verify', { email: person.email, code });
    return { actor: person.id, target: on.loggedIn(reply).sessionId };
  },

  'auth.otp-failed': async (on) => {
    const person = await on.person();
    const code = other(await mailedCode(on, person));
    expectStatus(await on.anybody.post('/api/auth/otp/verify', { email: person.email, code }), 401);
    return { actor: on.stranger, target: person.email, outcome: 'failed' };
  },

  'auth.confirm-failed': async (on) => {
    const { id, client, password } = await on.somebody();
    const wish = { currentPassword: another, newPassword: password };
    expectStatus(await client.post('/api/auth/change-password', wish), 400);
    return { actor: id, target: id, outcome: 'failed' };
  },

  'access.denied': async (on) => {
    const { id, client } = await on.somebody();
    expectStatus(await client.get('/api/audit'), 403);
    return { actor: id, target: 'GET /api/audit', outcome: 'refused', changes: ['code'] };
  },
} satisfies Record<string, Walker>;
