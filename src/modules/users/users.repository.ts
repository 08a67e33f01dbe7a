import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type PopulateOptions, type QueryFilter } from 'mongoose';
import type { RoleId, UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { inPart, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import { RecentCounts } from '../../infrastructure/mongo/recent-counts.js';
import { toUser, type StoredUser } from './user.mapper.js';
import { UserEntity } from './user.schema.js';
import type {
  Account,
  Credentials,
  NewUser,
  PartialUser,
  User,
  UserFilter,
  UserListOptions,
  UserSortField,
  UserState,
} from './user.types.js';

/** A role's own fields, and with `withPermissions` those of its permissions too. */
function rolesOf({ withPermissions }: UserListOptions): PopulateOptions {
  return withPermissions
    ? {
        path: 'roles',
        select: 'name permissions',
        populate: { path: 'permissions', select: 'resource action' },
      }
    : { path: 'roles', select: 'name' };
}

export class DuplicateEmailError extends Error {}

/** All access to the collection `users`. Plain objects in, plain objects out. */
@Injectable()
export class UsersRepository {
  private readonly totals = new RecentCounts();

  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  /** @throws DuplicateEmailError when the address is taken. */
  async insert({ id, ...user }: NewUser): Promise<void> {
    // Not insertMany: the driver's bulk errors do not say which index refused.
    await this.users
      .insertOne({
        ...user,
        _id: new Types.ObjectId(id),
        roles: user.roles.map((role) => new Types.ObjectId(role)),
      })
      .catch(rethrowDuplicate);
  }

  async findById(
    id: UserId,
    options: UserListOptions & { withDeleted?: boolean } = { withPermissions: false },
  ): Promise<User | null> {
    const found = await this.users
      .findById(id, null, { withDeleted: options.withDeleted ?? false })
      .populate(rolesOf(options))
      .lean<StoredUser | null>();
    return found && toUser(found);
  }

  async findCredentials(email: string): Promise<Credentials | null> {
    const found = await this.users.findOne({ email }, 'passwordHash status roles').lean<StoredUser | null>();
    return found && { ...accountOf(found), passwordHash: found.passwordHash ?? null };
  }

  async findAccount(id: UserId): Promise<Account | null> {
    const found = await this.users.findById(id, 'status roles').lean<StoredUser | null>();
    return found && accountOf(found);
  }

  async isEmailTaken(email: string): Promise<boolean> {
    return (await this.users.exists({ email })) !== null;
  }

  /** Roles have no names here unless their permissions are asked for: whoever shows them knows the names. */
  async list(
    filter: UserFilter,
    request: ListRequest<UserSortField>,
    options: UserListOptions,
  ): Promise<List<User>> {
    const conditions = conditionsOf(filter);
    const query = this.users
      .find(inPart(request, conditions), null, { withDeleted: filter.includeDeleted })
      .sort(sortOf(request));
    if (options.withPermissions) query.populate(rolesOf(options));
    return listOf(request, {
      find: async (skip, limit) => (await query.skip(skip).limit(limit).lean<StoredUser[]>()).map(toUser),
      count: () =>
        this.totals.of(JSON.stringify(filter), () =>
          this.users.countDocuments(conditions, { withDeleted: filter.includeDeleted }),
        ),
      valueOf: (user) => user[request.sortBy],
    });
  }

  /** null when there is no such user, or, with an expected revision, no such user in that revision. */
  async update(
    id: UserId,
    changes: PartialUser & Partial<UserState>,
    expectedRevision?: number,
  ): Promise<User | null> {
    const found = await this.users
      .findOneAndUpdate(
        inRevision(id, expectedRevision),
        { $set: changes, $inc: { revision: 1 } },
        { returnDocument: 'after' },
      )
      .populate(rolesOf({ withPermissions: false }))
      .lean<StoredUser | null>();
    return found && toUser(found);
  }

  async softDelete(id: UserId, deletedAt: Date, expectedRevision?: number): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(inRevision(id, expectedRevision), {
      $set: { isDeleted: true, deletedAt },
      $inc: { revision: 1 },
    });
    return matchedCount === 1;
  }

  /** @throws DuplicateEmailError when somebody has taken the address since. */
  async restore(id: UserId, roles: readonly RoleId[]): Promise<boolean> {
    const result = await this.users
      .updateOne(
        { _id: id, isDeleted: true },
        { $set: { isDeleted: false, deletedAt: null, roles }, $inc: { revision: 1 } },
      )
      .catch(rethrowDuplicate);
    return result.matchedCount === 1;
  }

  /** False when the user is not active, or has another password hash than the one that is given. */
  async setLastLogin(id: UserId, at: Date, passwordHash?: string): Promise<boolean> {
    // Not a change of the user's own making: neither the revision nor updatedAt follows it.
    const { matchedCount } = await this.users.updateOne(
      { _id: id, status: 'active', ...(passwordHash !== undefined && { passwordHash }) },
      { $set: { lastLoginAt: at } },
      { timestamps: false },
    );
    return matchedCount === 1;
  }

  /** False when the hash is no longer the expected one. */
  async setPasswordHash(id: UserId, expected: string, passwordHash: string): Promise<boolean> {
    const { matchedCount } = await this.users.updateOne(
      { _id: id, passwordHash: expected },
      { $set: { passwordHash } },
      { timestamps: false },
    );
    return matchedCount === 1;
  }

  async countHolders(
    role: RoleId,
    options: { status?: User['status']; except?: UserId } = {},
  ): Promise<number> {
    return this.users.countDocuments({
      roles: role,
      ...(options.status !== undefined && { status: options.status }),
      ...(options.except !== undefined && { _id: trusted({ $ne: options.except }) }),
    });
  }
}

function inRevision(id: UserId, revision: number | undefined): QueryFilter<UserEntity> {
  return revision === undefined ? { _id: id } : { _id: id, revision };
}

function accountOf(user: StoredUser): Account {
  const { id, status, roles } = toUser(user);
  return { id, status, roleIds: roles.map((role) => role.id) };
}

function conditionsOf(filter: UserFilter): QueryFilter<UserEntity> {
  return {
    ...(filter.status !== undefined && { status: filter.status }),
    ...(filter.role !== undefined && { roles: filter.role }),
    ...(filter.search !== undefined && searchFor(filter.search)),
  };
}

function searchFor(search: string): QueryFilter<UserEntity> {
  // A range on the index; a regular expression made of a client's text would be an attack surface.
  return search.includes('@')
    ? { email: trusted({ $gte: search, $lt: `${search}\uffff` }) }
    : { $text: trusted({ $search: search }) };
}

function rethrowDuplicate(error: unknown): never {
  if (duplicateKeyFields(error)?.includes('email') === true) {
    throw new DuplicateEmailError('the e-mail address is taken', { cause: error });
  }
  throw error;
}
