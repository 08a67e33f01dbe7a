import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type PopulateOptions } from 'mongoose';
import { roleIds, type PermissionId, type RoleId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { keysetAfter, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import { RoleEntity } from './role.schema.js';
import type { NewRole, Role, RoleChanges, RoleSortField } from './role.js';
import { seededId, toRole, type StoredRole } from './stored-role.js';

const permissions: PopulateOptions = { path: 'permissions', select: 'resource action createdAt' };

export class DuplicateRoleNameError extends Error {}

/** All access to the collection `roles`. Plain objects in, plain objects out. */
@Injectable()
export class RolesRepository {
  constructor(@InjectModel('Role') private readonly roles: Model<RoleEntity>) {}

  async all(): Promise<Role[]> {
    const found = await this.roles.find().populate(permissions).lean<StoredRole[]>();
    return found.map(toRole);
  }

  async findById(id: RoleId): Promise<Role | null> {
    const found = await this.roles.findById(id).populate(permissions).lean<StoredRole | null>();
    return found && toRole(found);
  }

  async list(request: ListRequest<RoleSortField>): Promise<List<Role>> {
    const after = request.kind === 'cursor' && request.after ? keysetAfter(request, request.after) : {};
    const query = this.roles.find(after).sort(sortOf(request)).populate(permissions);
    return listOf(request, {
      find: async (skip, limit) => (await query.skip(skip).limit(limit).lean<StoredRole[]>()).map(toRole),
      count: () => this.roles.countDocuments(),
      valueOf: (role) => role[request.sortBy],
    });
  }

  async existing(ids: readonly RoleId[]): Promise<ReadonlySet<RoleId>> {
    const found = await this.roles.find({ _id: trusted({ $in: [...ids] }) }, '_id').lean();
    return new Set(found.map(({ _id }) => roleIds.parse(_id.toString())));
  }

  async isNameTaken(name: string): Promise<boolean> {
    return (await this.roles.exists({ name })) !== null;
  }

  /** @throws DuplicateRoleNameError when the name is taken. */
  async insert({ id, name, description, permissions }: NewRole): Promise<void> {
    // Not insertMany: the driver's bulk errors do not say which index refused.
    const role = { name, description, permissions: permissions.map(toObjectId), isSystem: false };
    await this.roles.insertOne({ _id: toObjectId(id), ...role }).catch(rethrowDuplicate);
  }

  /**
   * False when there is no such role in that revision, or it is a system role.
   * @throws DuplicateRoleNameError when the name is taken.
   */
  async update(id: RoleId, changes: RoleChanges, revision: number): Promise<boolean> {
    const { matchedCount } = await this.roles
      .updateOne({ _id: id, revision, isSystem: false }, { $set: changes, $inc: { revision: 1 } })
      .catch(rethrowDuplicate);
    return matchedCount === 1;
  }

  /** False when there is no such role in that revision, or it is a system role. */
  async delete(id: RoleId, revision: number): Promise<boolean> {
    const { deletedCount } = await this.roles.deleteOne({ _id: id, revision, isSystem: false });
    return deletedCount === 1;
  }

  /** Joins the running transaction: of two that lock the same role at once, one has to begin again. */
  async lockHolders(id: RoleId): Promise<void> {
    await this.roles.updateOne({ _id: id }, { $inc: { holderLocks: 1 } }, { timestamps: false });
  }

  /**
   * Makes the system role, or adds the permissions that it lacks. It takes none away: a process of an older release
   * that starts during a roll-out must not undo what the newer one has added.
   * @throws a duplicate key error when another seed is ahead.
   */
  async seed(role: {
    name: string;
    description: string;
    permissions: readonly PermissionId[];
  }): Promise<RoleId> {
    const { _id } = await this.roles
      .findOneAndUpdate(
        { name: role.name },
        {
          $set: { description: role.description, isSystem: true },
          $addToSet: { permissions: { $each: role.permissions } },
          $setOnInsert: { _id: seededId('role', role.name), revision: 1 },
        },
        { upsert: true, returnDocument: 'after', projection: '_id' },
      )
      .lean()
      .orFail();
    return roleIds.parse(_id.toString());
  }
}

function toObjectId(id: string): Types.ObjectId {
  return new Types.ObjectId(id);
}

function rethrowDuplicate(error: unknown): never {
  if (duplicateKeyFields(error)?.includes('name') === true) {
    throw new DuplicateRoleNameError('the role name is taken', { cause: error });
  }
  throw error;
}
