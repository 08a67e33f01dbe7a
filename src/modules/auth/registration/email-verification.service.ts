import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { userIds, type RegistrationId, type UserId } from '../../../common/ids.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { Signals } from '../../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import type { AuditAction } from '../../audit/audit-action.js';
import type { AuditChanges } from '../../audit/audit-entry.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { OneTimeTokensService, invalidToken } from '../../notifications/one-time-tokens.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { AccountsService, EmailTakenMeanwhile } from '../../users/accounts.service.js';
import { LoginCodesService } from '../otp/login-codes.service.js';
import { RegistrationAttemptsService } from './registration-attempts.service.js';

/** What a mailed token does to an address: it makes an account, confirms the address of one, or changes it. */
@Injectable()
export class EmailVerificationService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly attempts: RegistrationAttemptsService,
    private readonly accounts: AccountsService,
    private readonly codes: LoginCodesService,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly notifications: NotificationsService,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError invalid / INVALID_ONE_TIME_TOKEN; conflict / EMAIL_TAKEN for a change that came too late. */
  async verify(token: string): Promise<void> {
    const proof = await this.tokens.read(token, ['registration', 'email-verification', 'email-change']);
    const userId = newId(userIds);
    const work = this.unitOfWork.run(async () => {
      await this.tokens.use(token);
      switch (proof.purpose) {
        case 'registration':
          return this.finishRegistration(proof.subject, userId);
        case 'email-verification':
          return this.confirm(proof.subject, proof.email);
        case 'email-change':
          return this.changeEmail(proof.subject, proof.email);
      }
    });
    await work.catch((error: unknown) => {
      throw error instanceof EmailTakenMeanwhile ? emailTaken() : error;
    });
  }

  /** The account gets the password of this attempt; every other attempt for the address is over. */
  private async finishRegistration(id: RegistrationId, userId: UserId): Promise<void> {
    const attempt = await this.attempts.find(id);
    if (attempt === null) throw invalidToken();
    const { email, name, passwordHash } = attempt;
    // An account that was made meanwhile has a way of its own to be verified.
    if (!(await this.accounts.register({ id: userId, email, name, passwordHash, emailVerified: true }))) {
      throw invalidToken();
    }
    await this.attempts.endAllOf(email);
    await this.record('auth.verify-email', userId, { email: { to: email } });
  }

  /** Keys of before end: whoever made them had not shown that the address is theirs. */
  private async confirm(userId: UserId, email: string): Promise<void> {
    if (!(await this.accounts.verifyEmail(userId, email))) throw invalidToken();
    await this.tokens.endAllOf(userId, ['email-verification']);
    await this.attempts.endAllOf(email);
    await this.apiKeys.endAllOf(userId);
    await this.signals.emit({ kind: 'user', id: userId });
    await this.record('auth.verify-email', userId, { emailVerified: { from: false, to: true } });
  }

  /** Everything that was proven by the old address ends with it: sessions, mailed tokens and codes. */
  private async changeEmail(userId: UserId, email: string): Promise<void> {
    const before = await this.accounts.changeEmail(userId, email);
    if (before === null) throw emailTaken();
    await this.tokens.endAllOf(userId);
    await this.codes.endAllOf(userId);
    await this.sessions.endAllOf(userId);
    await this.signals.emit({ kind: 'user', id: userId });
    await this.notifications.mailUser('email-changed-notice', userId);
    await this.record('auth.email-changed', userId, { email: { from: before, to: email } });
  }

  /** By the user, though the link carries no login. */
  private async record(action: AuditAction, userId: UserId, changes: AuditChanges): Promise<void> {
    const user = { type: 'user', id: userId } as const;
    await this.audit.record({ action, actor: user, target: user, changes });
  }
}

function emailTaken(): DomainError {
  return new DomainError('conflict', 'EMAIL_TAKEN', 'A user with this e-mail address exists already');
}
