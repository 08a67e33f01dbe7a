import { Injectable } from '@nestjs/common';
import { userIds, type UserId } from '../../../common/ids.js';
import type { UserPrincipal } from '../../../common/principal.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { Signals } from '../../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { ApiKeysService } from '../../api-keys/api-keys.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { OneTimeTokensService, invalidToken } from '../../notifications/one-time-tokens.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { AccountsService } from '../../users/accounts.service.js';
import { CurrentPassword, wrongPassword } from '../current-password.js';
import { LoginCodesService } from '../otp/login-codes.service.js';
import { PasswordHasher } from '../password-hasher.js';
import { PasswordPolicy } from '../password-policy.js';

/** Setting a password: by a mailed token, or by the current one. */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: OneTimeTokensService,
    private readonly sessions: SessionsService,
    private readonly apiKeys: ApiKeysService,
    private readonly notifications: NotificationsService,
    private readonly codes: LoginCodesService,
    private readonly currentPassword: CurrentPassword,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The same work whether the address has an account or not: a mail to nobody is a job like any other. */
  async forgot(email: string): Promise<void> {
    const isMailed = await this.notifications.mayMail(email);
    const holder = await this.accounts.holderOf(email);
    if (isMailed) await this.notifications.mailUser('password-reset', holder?.id ?? newId(userIds));
  }

  /**
   * Takes the token of a reset or of an invitation. Either proves the address, which is returned, and ends every
   * session. The first proof ends every API key as well: a stranger may have registered the address and made them.
   * Later ones do not, as no machine must stop because a person forgot a password.
   * @throws DomainError invalid / INVALID_ONE_TIME_TOKEN or WEAK_PASSWORD; unavailable / BUSY.
   */
  async reset(token: string, password: string): Promise<string> {
    const {
      purpose,
      subject: userId,
      email,
    } = await this.tokens.read(token, ['password-reset', 'invitation']);
    const account = await this.accounts.passwordsOf(userId);
    if (account?.email !== email || account.status === 'suspended') throw invalidToken();
    await this.policy.assert(password, account);
    const passwordHash = await this.hasher.hash(password);

    await this.unitOfWork.run(async () => {
      await this.tokens.use(token);
      const isChanged = await this.accounts.changePassword(userId, account.passwordHash, passwordHash, {
        provesEmail: true,
      });
      if (!isChanged) throw invalidToken();
      await this.endWhatRestedOnThePassword(userId);
      if (!account.emailVerified) await this.apiKeys.endAllOf(userId);
      const user = { type: 'user', id: userId } as const;
      const action = purpose === 'invitation' ? 'auth.accept-invitation' : 'auth.password-reset';
      await this.audit.record({ action, actor: user, target: user });
    });
    return email;
  }

  /**
   * Ends every other session.
   * @throws DomainError invalid / WRONG_PASSWORD or WEAK_PASSWORD; too-many / TOO_MANY_LOGIN_ATTEMPTS; unavailable /
   * BUSY.
   */
  async change(
    { userId, sessionId }: UserPrincipal,
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
  ): Promise<void> {
    const account = await this.currentPassword.confirm(userId, currentPassword);
    await this.policy.assert(newPassword, account, 'newPassword');
    const passwordHash = await this.hasher.hash(newPassword);

    await this.unitOfWork.run(async () => {
      // Somebody else has changed it meanwhile: what was given is no longer the current one.
      if (!(await this.accounts.changePassword(userId, account.passwordHash, passwordHash)))
        throw wrongPassword();
      await this.endWhatRestedOnThePassword(userId, { except: sessionId });
      await this.audit.record({ action: 'auth.password-changed', target: { type: 'user', id: userId } });
    });
  }

  /** Also what was mailed: whoever knew the old password may have asked for it. */
  private async endWhatRestedOnThePassword(
    userId: UserId,
    sessions: Parameters<SessionsService['endAllOf']>[1] = {},
  ): Promise<void> {
    await this.tokens.endAllOf(userId);
    await this.codes.endAllOf(userId);
    await this.sessions.endAllOf(userId, sessions);
    await this.signals.emit({ kind: 'user', id: userId });
  }
}
