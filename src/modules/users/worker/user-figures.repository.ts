import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { userIds } from '../../../common/ids.js';
import type { Administrator, UserCount } from '../../reports/user-figures.js';
import { administratorRole } from '../../roles/permission-catalogue.js';
import { UserEntity } from '../user.schema.js';

interface StoredAdministrator {
  readonly _id: Types.ObjectId;
  readonly email: string;
  readonly name: string;
}

/** Counts users for the reports of the worker. */
@Injectable()
export class UserFiguresRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  async byRoleAndStatus(): Promise<UserCount[]> {
    return this.users.aggregate<UserCount>([
      { $group: { _id: { roles: '$roles', status: '$status' }, users: { $sum: 1 } } },
      { $unwind: '$_id.roles' },
      { $group: { _id: { roles: '$_id.roles', status: '$_id.status' }, users: { $sum: '$users' } } },
      { $project: { _id: 0, roles: '$_id.roles', status: '$_id.status', users: 1 } },
      { $lookup: { from: 'roles', localField: 'roles', foreignField: '_id', as: 'role' } },
      { $unwind: '$role' },
      { $project: { role: '$role.name', status: 1, users: 1 } },
      { $sort: { role: 1, status: 1 } },
    ]);
  }

  async administrators(): Promise<Administrator[]> {
    const role = await this.users.db
      .collection('roles')
      .findOne({ name: administratorRole }, { projection: { _id: 1 } });
    if (role === null) return [];
    const found = await this.users
      .find({ status: 'active', roles: role._id }, 'email name')
      .sort({ _id: 1 })
      .lean<StoredAdministrator[]>();
    return found.map(({ _id, email, name }) => ({ id: userIds.parse(_id.toHexString()), email, name }));
  }
}
