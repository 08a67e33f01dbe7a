import { Injectable } from '@nestjs/common';
import { normalizeEmail } from '../../common/email.js';
import { userIds, type RoleId, type UserId } from '../../common/ids.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import type { Account, Credentials } from './user.types.js';
import { DuplicateEmailError, UsersRepository } from './users.repository.js';

/** Users as authentication knows them. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  credentialsOf(email: string): Promise<Credentials | null> {
    return this.users.findCredentials(normalizeEmail(email));
  }

  accountOf(id: UserId): Promise<Account | null> {
    return this.users.findAccount(id);
  }

  recordLogin(id: UserId, at: Date): Promise<void> {
    return this.users.setLastLogin(id, at);
  }

  replacePasswordHash(id: UserId, passwordHash: string): Promise<void> {
    return this.users.setPasswordHash(id, passwordHash);
  }

  /** Whether anybody who is not suspended holds the role. */
  async isHeldByActiveUser(role: RoleId): Promise<boolean> {
    return (await this.users.countHolders(role, { status: 'active' })) > 0;
  }

  /** Makes an active, verified user who holds the role. False when the address is taken. */
  async createAdministrator(administrator: {
    email: string;
    passwordHash: string;
    roleId: RoleId;
  }): Promise<boolean> {
    const id = newId(userIds);
    const email = normalizeEmail(administrator.email);
    try {
      return await this.unitOfWork.run(async () => {
        if (await this.users.isEmailTaken(email)) return false;
        await this.users.insert({
          id,
          email,
          name: 'Administrator',
          age: null,
          status: 'active',
          emailVerified: true,
          passwordHash: administrator.passwordHash,
          roles: [administrator.roleId],
        });
        return true;
      });
    } catch (error) {
      if (error instanceof DuplicateEmailError) return false;
      throw error;
    }
  }
}
