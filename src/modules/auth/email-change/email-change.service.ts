import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import type { UserId } from '../../../common/ids.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { OneTimeTokensService } from '../../notifications/one-time-tokens.service.js';
import { AccountsService } from '../../users/accounts.service.js';
import { CurrentPassword } from '../current-password.js';

/** Asking for another address. It becomes the account's when whoever reads it says so: see EmailVerificationService. */
@Injectable()
export class EmailChangeService {
  constructor(
    private readonly currentPassword: CurrentPassword,
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly notifications: NotificationsService,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Nobody learns from it whether the new address has an account: the worker looks, when it writes to that address.
   * The latest demand counts.
   * @throws DomainError invalid / WRONG_PASSWORD or SAME_EMAIL; too-many / TOO_MANY_LOGIN_ATTEMPTS; unavailable / BUSY.
   */
  async request(userId: UserId, newEmail: string, password: string): Promise<void> {
    const { email } = await this.currentPassword.confirm(userId, password);
    if (email === newEmail) {
      const message = 'is your address already';
      throw new DomainError('invalid', 'SAME_EMAIL', 'This is your e-mail address already', {
        errors: [{ path: 'newEmail', message }],
      });
    }
    const isMailed = await this.notifications.mayMail(newEmail);
    await this.unitOfWork.run(async () => {
      await this.tokens.endAllOf(userId, ['email-change']);
      await this.accounts.requestEmail(userId, newEmail);
      if (isMailed) await this.notifications.mailUser('email-change', userId);
      await this.notifications.mailUser('email-change-notice', userId);
      await this.audit.record({
        action: 'auth.email-change-requested',
        target: { type: 'user', id: userId },
        changes: { email: { from: email, to: newEmail } },
      });
    });
  }
}
