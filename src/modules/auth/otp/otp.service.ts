import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { userIds, type UserId } from '../../../common/ids.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { DeviceCookies } from '../../rate-limits/device-cookies.js';
import { FailureBudgetsService } from '../../rate-limits/failure-budgets.service.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LoginOrigin } from '../login-answer.js';
import { LoginsService, type Login } from '../logins.service.js';
import { LoginCodesService } from './login-codes.service.js';

/** Logging in by a code that was mailed. */
@Injectable()
export class OtpService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly notifications: NotificationsService,
    private readonly codes: LoginCodesService,
    private readonly failures: FailureBudgetsService,
    private readonly devices: DeviceCookies,
    private readonly logins: LoginsService,
    private readonly audit: AuditService,
  ) {}

  /** The same work whether the address has an account or not: a mail to nobody is a job like any other. */
  async request(email: string): Promise<void> {
    const isMailed = await this.notifications.mayMail(email);
    const holder = await this.accounts.holderOf(email);
    if (isMailed) await this.notifications.mailUser('login-code', holder?.id ?? newId(userIds));
  }

  /** @throws DomainError unauthenticated / INVALID_CODE; too-many / TOO_MANY_LOGIN_ATTEMPTS. */
  async verify(email: string, code: string, origin: LoginOrigin): Promise<Login> {
    const { deviceCookie, ...from } = origin;
    const device = this.devices.recognise(deviceCookie, email);
    const failed = (outcome: 'failed' | 'refused'): void =>
      this.audit.note({ action: 'auth.otp-failed', target: { type: 'account', id: email } }, outcome);
    const userId = await this.failures
      .attempt({ act: 'otp', email, address: origin.ip, device }, () => this.redeem(email, code))
      .catch((error: unknown) => {
        if (error instanceof DomainError && error.kind === 'too-many') failed('refused');
        throw error;
      });
    if (userId === null) {
      failed('failed');
      throw new DomainError('unauthenticated', 'INVALID_CODE', 'The code is wrong or has expired');
    }
    return this.logins.open({ userId, ...from, action: 'auth.otp-login' });
  }

  private async redeem(email: string, code: string): Promise<UserId | null> {
    const holder = await this.accounts.holderOf(email);
    const userId = holder?.id ?? newId(userIds);
    const isRight = await this.codes.redeem(email, userId, code);
    return isRight && holder?.status === 'active' ? userId : null;
  }
}
