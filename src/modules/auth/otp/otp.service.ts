import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/domain-error.js';
import { userIds, type UserId } from '../../../common/ids.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import { AuditService } from '../../audit/audit.service.js';
import { NotificationsService } from '../../notifications/notifications.service.js';
import { DeviceCookies } from '../../rate-limits/device-cookies.js';
import { AccountsService } from '../../users/accounts.service.js';
import type { LoginOrigin } from '../login-answer.js';
import { LoginsService, type Login } from '../logins.service.js';
import { NotedAttempts } from '../noted-attempts.js';
import { LoginCodesService } from './login-codes.service.js';

/** Logging in by a code that was mailed. */
@Injectable()
export class OtpService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly notifications: NotificationsService,
    private readonly codes: LoginCodesService,
    private readonly attempts: NotedAttempts,
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
    const act = { action: 'auth.otp-failed', target: { type: 'account', id: email } } as const;
    const userId = await this.attempts.make({ act: 'otp', email, address: origin.ip, device }, act, () =>
      this.provenBy(email, code),
    );
    if (userId === null) throw invalidCode();
    // With the session: a new password or address ends codes and sessions, and must find the one or the other.
    const useUp = async (): Promise<void> => {
      if (await this.codes.use(userId, code)) return;
      this.audit.note(act, 'failed');
      throw invalidCode();
    };
    return this.logins.open({ userId, ...from, action: 'auth.otp-login', useUp });
  }

  /** Whose code it is; null when it is wrong, or nobody may log in by it. */
  private async provenBy(email: string, code: string): Promise<UserId | null> {
    const holder = await this.accounts.holderOf(email);
    const userId = holder?.id ?? newId(userIds);
    const isRight = await this.codes.isRight(email, userId, code);
    return isRight && holder?.status === 'active' ? userId : null;
  }
}

function invalidCode(): DomainError {
  return new DomainError('unauthenticated', 'INVALID_CODE', 'The code is wrong or has expired');
}
