import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { List, ListRequest } from '../../common/pagination.js';
import { keysetAfter, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import { PermissionEntity } from './permission.schema.js';
import type { Permission, PermissionSortField } from './role.js';
import { seededId, toPermission, type StoredPermission } from './stored-role.js';

/** All access to the collection `permissions`. Plain objects in, plain objects out. */
@Injectable()
export class PermissionsRepository {
  constructor(@InjectModel('Permission') private readonly permissions: Model<PermissionEntity>) {}

  async all(): Promise<Permission[]> {
    const found = await this.permissions.find().lean<StoredPermission[]>();
    return found.map(toPermission);
  }

  async list(request: ListRequest<PermissionSortField>): Promise<List<Permission>> {
    const after = request.kind === 'cursor' && request.after ? keysetAfter(request, request.after) : {};
    const query = this.permissions.find(after).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) =>
        (await query.skip(skip).limit(limit).lean<StoredPermission[]>()).map(toPermission),
      count: () => this.permissions.countDocuments(),
      valueOf: (permission) => permission[request.sortBy],
    });
  }

  /** Adds what is missing and touches nothing that exists. @throws a duplicate key error when another seed is ahead. */
  async seed(wanted: readonly Pick<Permission, 'resource' | 'action'>[]): Promise<void> {
    await this.permissions.bulkWrite(
      wanted.map(({ resource, action }) => ({
        updateOne: {
          filter: { resource, action },
          update: { $setOnInsert: { _id: seededId('permission', `${resource}:${action}`) } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }
}
