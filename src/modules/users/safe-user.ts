import type { SafeUser } from './user.types.js';

/** The user without its secrets. */
export function safeUser<Stored extends SafeUser & { passwordHash: unknown }>({
  passwordHash: _,
  ...user
}: Stored): Omit<Stored, 'passwordHash'> {
  return user;
}
