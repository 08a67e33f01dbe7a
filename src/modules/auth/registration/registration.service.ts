import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { registrationIds, userIds } from '../../../common/ids.js';
import { appConfig } from '../../../config/app.config.js';
import { authConfig } from '../../../config/auth.config.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { AccountsService, EmailTakenMeanwhile } from '../../users/accounts.service.js';
import { PasswordHasher } from '../password-hasher.js';
import { PasswordPolicy } from '../password-policy.js';
import { RegistrationAttemptsService } from './registration-attempts.service.js';

export interface Registration {
  /** In its one spelling. */
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly ip: string;
}

/** Asking for an account. Nobody learns from it whether the address has one: that is told by mail. */
@Injectable()
export class RegistrationService {
  private readonly isVerifiedFirst: boolean;

  constructor(
    private readonly attempts: RegistrationAttemptsService,
    private readonly accounts: AccountsService,
    private readonly notifications: NotificationsService,
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditService,
    private readonly unitOfWork: UnitOfWork,
    @Inject(authConfig.KEY) { requireVerifiedEmail }: ConfigType<typeof authConfig>,
    @Inject(appConfig.KEY) { environment }: ConfigType<typeof appConfig>,
  ) {
    this.isVerifiedFirst = requireVerifiedEmail ?? environment === 'production';
  }

  /**
   * Where the address has to be verified first, this only writes down the attempt and has a mail written: the same
   * for every address. Elsewhere a free address becomes an account at once, and only a taken one an attempt.
   * @throws DomainError invalid / WEAK_PASSWORD; unavailable / BUSY.
   */
  async register({ email, password, name, ip }: Registration): Promise<void> {
    await this.policy.assert(password, { email, name });
    const passwordHash = await this.hasher.hash(password);
    const isMailed = await this.notifications.mayMail(email);
    const attempt = { id: newId(registrationIds), email, name, passwordHash, ip };
    const account = { id: newId(userIds), email, name, passwordHash, emailVerified: false };

    const write = (): Promise<void> =>
      this.unitOfWork.run(async () => {
        await this.audit.record({ action: 'auth.register', target: { type: 'account', id: email } });
        if (!this.isVerifiedFirst && (await this.accounts.register(account))) {
          if (isMailed) await this.notifications.mailUser('email-verification', account.id);
          return;
        }
        await this.attempts.add(attempt);
        if (isMailed) await this.notifications.mailRegistration('registration', attempt.id);
      });
    await write().catch((error: unknown) => {
      // Somebody registered the same address at the same moment: now it is seen to be taken.
      if (error instanceof EmailTakenMeanwhile) return write();
      throw error;
    });
  }

  /**
   * Sends the mail to verify an address once more, if there is something to verify. The same work whoever it is: a mail
   * to nobody is a job like any other.
   */
  async resendVerification(email: string): Promise<void> {
    const isMailed = await this.notifications.mayMail(email);
    const holder = await this.accounts.holderOf(email);
    const attempt = await this.attempts.latestOf(email);
    if (!isMailed) return;
    if (holder === null && attempt !== null) {
      await this.notifications.mailRegistration('registration-reminder', attempt.id);
    } else {
      await this.notifications.mailUser('email-verification', holder?.id ?? newId(userIds));
    }
  }
}
