import type { PermissionName } from '../../src/common/principal.js';

/** Things that belong to somebody, or that not everybody may know of, and that a path names by id. */
export type Thing = 'session' | 'apiKey' | 'job' | 'import' | 'user' | 'role' | 'schedule' | 'deadLetter';

export interface Agreed {
  /** `session`: a login and no API key; `principal`: either; permissions: whoever holds one of them, by either. */
  readonly to: 'everybody' | 'session' | 'principal' | readonly PermissionName[];
  /** What `:id` is an id of. */
  readonly id?: Thing;
  /** The session that calls it is over. */
  readonly endsSession?: true;
  /** A page for people: it takes no API key, and has no place in the OpenAPI document. */
  readonly isPage?: true;
}

const everybody: Agreed = { to: 'everybody' };
const session: Agreed = { to: 'session' };
const endsSession: Agreed = { to: 'session', endsSession: true };
const ownKey: Agreed = { to: 'session', id: 'apiKey' };
const holders = (...to: PermissionName[]): Agreed => ({ to });
const holdersWith = (id: Thing, ...to: PermissionName[]): Agreed => ({ to, id });

/**
 * Who may call what, as it was agreed: written by hand, and never from what the code declares. A new route needs a row
 * here, under who is meant to reach it; the walk tries each row with callers of every kind.
 */
export const agreed: Readonly<Record<string, Agreed>> = {
  'GET /health': everybody,
  'GET /health/live': everybody,
  'GET /health/ready': everybody,
  'GET /metrics': everybody,
  'GET /.well-known/jwks.json': everybody,
  'GET /api/csrf-token': everybody,

  'POST /api/auth/register': everybody,
  'POST /api/auth/verify-email': everybody,
  'POST /api/auth/resend-verification': everybody,
  'POST /api/auth/login': everybody,
  'POST /api/auth/refresh': everybody,
  'POST /api/auth/forgot-password': everybody,
  'POST /api/auth/reset-password': everybody,
  'POST /api/auth/otp/request': everybody,
  'POST /api/auth/otp/verify': everybody,
  'POST /api/auth/logout': endsSession,
  'POST /api/auth/logout-all': endsSession,
  'POST /api/auth/change-password': session,
  'GET /api/auth/sessions': session,
  'DELETE /api/auth/sessions/:id': { to: 'session', id: 'session' },

  'GET /api/users/me': { to: 'principal' },
  'PATCH /api/users/me': session,
  'POST /api/users/me/email': session,

  'GET /api/users': holders('users:read'),
  'POST /api/users': holders('users:create'),
  'GET /api/users/:id': holdersWith('user', 'users:read'),
  'PATCH /api/users/:id': holdersWith('user', 'users:update'),
  'PUT /api/users/:id': holdersWith('user', 'users:update'),
  'DELETE /api/users/:id': holdersWith('user', 'users:delete'),
  'POST /api/users/:id/restore': holdersWith('user', 'users:restore'),
  'POST /api/users/:id/suspend': holdersWith('user', 'users:update'),
  'POST /api/users/:id/activate': holdersWith('user', 'users:update'),
  'POST /api/users/:id/roles/transfer': holdersWith('user', 'roles:assign'),
  'PUT /api/users/:id/roles/:roleId': holdersWith('user', 'roles:assign'),
  'DELETE /api/users/:id/roles/:roleId': holdersWith('user', 'roles:assign'),
  'GET /api/users/stats/by-role': holders('users:read'),
  'GET /api/users/export': holders('users:export'),
  'POST /api/users/import': holders('users:create'),
  'GET /api/users/imports/:id': holdersWith('import', 'users:create'),

  'GET /api/roles': holders('roles:read'),
  'POST /api/roles': holders('roles:create'),
  'GET /api/roles/:id': holdersWith('role', 'roles:read'),
  'PATCH /api/roles/:id': holdersWith('role', 'roles:update'),
  'DELETE /api/roles/:id': holdersWith('role', 'roles:delete'),
  'GET /api/permissions': holders('roles:read'),

  'POST /api/api-keys': session,
  'GET /api/api-keys': session,
  'GET /api/api-keys/:id': ownKey,
  'PATCH /api/api-keys/:id': ownKey,
  'DELETE /api/api-keys/:id': ownKey,
  'POST /api/api-keys/:id/rotate': ownKey,
  'GET /api/api-keys/:id/usage': ownKey,

  'GET /api/queues': holders('queues:read'),
  'POST /api/queues/:queue/pause': holders('queues:manage'),
  'POST /api/queues/:queue/resume': holders('queues:manage'),
  'POST /api/queues/:queue/jobs': holders('queues:enqueue'),
  'GET /api/queues/:queue/jobs': holders('queues:read', 'queues:enqueue'),
  'GET /api/queues/:queue/jobs/:id': holdersWith('job', 'queues:read', 'queues:enqueue'),
  'GET /api/queues/:queue/jobs/:id/events': holdersWith('job', 'queues:read', 'queues:enqueue'),
  'DELETE /api/queues/:queue/jobs/:id': holdersWith('job', 'queues:manage'),
  'POST /api/queues/:queue/jobs/:id/retry': holdersWith('job', 'queues:manage'),
  'GET /api/queues/:queue/schedules': holders('queues:read'),
  'PUT /api/queues/:queue/schedules/:id': holdersWith('schedule', 'queues:manage'),
  'DELETE /api/queues/:queue/schedules/:id': holdersWith('schedule', 'queues:manage'),

  'GET /api/dead-letters': holders('queues:manage'),
  'GET /api/dead-letters/:id': holdersWith('deadLetter', 'queues:manage'),
  'DELETE /api/dead-letters/:id': holdersWith('deadLetter', 'queues:manage'),
  'POST /api/dead-letters/:id/retry': holdersWith('deadLetter', 'queues:manage'),
  'POST /api/dead-letters/retry': holders('queues:manage'),

  'GET /api/audit': holders('audit:read'),

  'GET /admin/queues': { to: ['queues:read'], isPage: true },
  'GET /admin/queues/*': { to: ['queues:read'], isPage: true },
};
