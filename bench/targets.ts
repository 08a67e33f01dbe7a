import type { RunningApi } from './api-process.js';
import type { Target } from './load.js';

/** Our routes: every call of the rotation has another token, and by-id another user too. */
export function targetsOf({ process, port, population }: RunningApi): Target[] {
  const { tokens, userIds } = population;
  const bearer = (index: number) => ({ Authorization: `Bearer ${tokens[index % tokens.length] ?? ''}` });
  return [
    { name: 'GET /health/live', process, port, calls: [{ path: '/health/live' }] },
    {
      name: 'GET /api/users/me',
      process,
      port,
      calls: tokens.map((_, index) => ({ path: '/api/users/me', headers: bearer(index) })),
    },
    {
      name: 'GET /api/users/:id',
      process,
      port,
      calls: userIds.map((id, index) => ({ path: `/api/users/${id}`, headers: bearer(index) })),
    },
  ];
}
