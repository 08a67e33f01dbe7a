import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import { userIds, type RoleId, type UserId } from '../../common/ids.js';
import { UserEntity } from './user.schema.js';

/** Who holds a role, in the collection `users`. Deleted users hold none. */
@Injectable()
export class RoleHoldersRepository {
  constructor(@InjectModel(UserEntity.name) private readonly users: Model<UserEntity>) {}

  async count(role: RoleId): Promise<number> {
    return this.users.countDocuments({ roles: role });
  }

  /**
   * Takes the role from all who hold it; who holds no other gets the substitute. Inside a unit of work.
   * @returns who held it.
   */
  async release(role: RoleId, substitute: RoleId): Promise<UserId[]> {
    const found = await this.users.find({ roles: role }, '_id').lean();
    if (found.length === 0) return [];
    await this.users.updateMany(
      { roles: [new Types.ObjectId(role)] },
      { $set: { roles: [substitute] }, $inc: { revision: 1 } },
    );
    await this.users.updateMany({ roles: role }, { $pull: { roles: role }, $inc: { revision: 1 } });
    return found.map(({ _id }) => userIds.parse(_id.toString()));
  }
}
