import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import type { UserId } from '../../common/ids.js';
import { AccountsService, type AccountPasswords } from '../users/accounts.service.js';
import { NotedAttempts } from './noted-attempts.js';
import { PasswordHasher } from './password-hasher.js';

/** Asks somebody who is logged in for their password once more, before what a stolen session must not do. */
@Injectable()
export class CurrentPassword {
  constructor(
    private readonly accounts: AccountsService,
    private readonly attempts: NotedAttempts,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * The account whose password it is.
   * @throws DomainError invalid / WRONG_PASSWORD; too-many / TOO_MANY_LOGIN_ATTEMPTS; unavailable / BUSY.
   */
  async confirm(userId: UserId, password: string): Promise<AccountPasswords> {
    const account = await this.accounts.passwordsOf(userId);
    const act = { action: 'auth.confirm-failed', target: { type: 'user', id: userId } } as const;
    const proven = await this.attempts.make({ act: 'confirm', userId }, act, async () =>
      (await this.hasher.verify(password, account?.passwordHash ?? null)) ? account : null,
    );
    if (proven === null) throw wrongPassword();
    return proven;
  }
}

export function wrongPassword(): DomainError {
  const message = 'Current password is incorrect';
  return new DomainError('invalid', 'WRONG_PASSWORD', message, {
    errors: [{ path: 'currentPassword', message }],
  });
}
