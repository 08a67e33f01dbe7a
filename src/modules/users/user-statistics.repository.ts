import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, Types } from 'mongoose';
import { roleIds, type RoleId } from '../../common/ids.js';
import { UserEntity } from './user.schema.js';

export interface RoleFigures {
  readonly role: RoleId;
  readonly totalUsers: number;
  /** null when no holder tells an age. */
  readonly averageAge: number | null;
  /** The newest holders. */
  readonly users: readonly { readonly name: string; readonly email: string }[];
}

type StoredFigures = Omit<RoleFigures, 'role'> & { _id: Types.ObjectId };

/** Counts over the collection `users`. */
@Injectable()
export class UserStatisticsRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  /** Of each role that anybody holds; `sample` limits the holders that are named. */
  async byRole(sample: number): Promise<RoleFigures[]> {
    const found = await this.users.aggregate<StoredFigures>([
      // In the order of an index, so that the first of each group are the newest.
      { $sort: { isDeleted: 1, createdAt: -1, _id: -1 } },
      { $project: { roles: 1, age: 1, name: 1, email: 1 } },
      { $unwind: '$roles' },
      {
        $group: {
          _id: '$roles',
          totalUsers: { $sum: 1 },
          averageAge: { $avg: '$age' },
          users: { $firstN: { input: { name: '$name', email: '$email' }, n: sample } },
        },
      },
    ]);
    return found.map(({ _id, ...figures }) => ({ ...figures, role: roleIds.parse(_id.toString()) }));
  }
}
