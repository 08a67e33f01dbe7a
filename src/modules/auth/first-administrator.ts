import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { isMailAddress } from '../../common/is-mail-address.js';
import { authConfig } from '../../config/auth.config.js';
import { RolesService } from '../roles/roles.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordPolicy } from './password-policy.js';

const remedy = 'Set ADMIN_EMAIL and ADMIN_PASSWORD and start again, or run `npm run admin:create`.';

/** Makes the first administrator from the settings, so that somebody can log in to a new installation. */
@Injectable()
export class FirstAdministrator {
  private readonly logger = new Logger(FirstAdministrator.name);

  constructor(
    @Inject(authConfig.KEY) private readonly config: ConfigType<typeof authConfig>,
    private readonly accounts: AccountsService,
    private readonly roles: RolesService,
    private readonly hasher: PasswordHasher,
    private readonly policy: PasswordPolicy,
  ) {}

  /**
   * Does nothing when there is an administrator. May run in several processes at once: the address is unique, so
   * one of them makes the account. Settings that do not fit are logged with their remedy; the service stays up.
   */
  async seed(): Promise<void> {
    const roleId = await this.roles.administratorRoleId();
    if (await this.accounts.isHeldByActiveUser(roleId)) return;

    const { adminEmail: email, adminPassword: password } = this.config;
    if (email === undefined || password === undefined) {
      this.logger.warn(`There is no administrator. ${remedy}`);
      return;
    }
    if (!isMailAddress(email)) {
      this.logger.error(`There is no administrator: ADMIN_EMAIL is not an e-mail address. ${remedy}`);
      return;
    }
    const problems = await this.policy.problems(password, { email, name: '' });
    if (problems.length > 0) {
      this.logger.error(
        `There is no administrator: ADMIN_PASSWORD is refused (${problems.join('; ')}). ${remedy}`,
      );
      return;
    }
    const passwordHash = await this.hasher.hash(password);
    if (await this.accounts.createAdministrator({ email, passwordHash, roleId })) {
      this.logger.log('The first administrator was created from ADMIN_EMAIL and ADMIN_PASSWORD.');
    } else if (!(await this.accounts.isHeldByActiveUser(roleId))) {
      this.logger.error(
        'There is no administrator: ADMIN_EMAIL belongs to an account that is none. Use another address.',
      );
    }
  }
}
