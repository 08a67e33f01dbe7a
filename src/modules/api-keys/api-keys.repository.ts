import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type QueryFilter } from 'mongoose';
import { apiKeyIds, userIds, type ApiKeyId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { keysetAfter, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import type { ApiKey, ApiKeyChanges, ApiKeySortField, NewApiKey } from './api-key.js';
import { ApiKeyHolderModelName, type ApiKeyHolderDocument } from './api-key-holder.schema.js';
import { ApiKeyModelName, type ApiKeyDocument } from './api-key.schema.js';

/** All access to the collections `apiKeys` and `apiKeyHolders`. Plain objects in, plain objects out. */
@Injectable()
export class ApiKeysRepository {
  constructor(
    @InjectModel(ApiKeyModelName) private readonly keys: Model<ApiKeyDocument>,
    @InjectModel(ApiKeyHolderModelName) private readonly holders: Model<ApiKeyHolderDocument>,
  ) {}

  /** Joins the running transaction: of two that lock the same user at once, one has to begin again. */
  async lockHolder(userId: UserId): Promise<void> {
    await this.holders.updateOne({ _id: userId }, { $inc: { changes: 1 } }, { upsert: true });
  }

  async insert({ id, userId, quotaId, permissions, allowedIps, ...key }: NewApiKey): Promise<void> {
    await this.keys.insertOne({
      ...key,
      _id: new Types.ObjectId(id),
      userId: new Types.ObjectId(userId),
      quotaId: new Types.ObjectId(quotaId),
      permissions: [...permissions],
      allowedIps: [...allowedIps],
    });
  }

  async findById(id: ApiKeyId): Promise<ApiKey | null> {
    const found = await this.keys.findById(id).lean<ApiKeyDocument | null>();
    return found && toApiKey(found);
  }

  /** The key that one of these hashes belongs to. */
  async findByHash(hashes: readonly string[]): Promise<ApiKey | null> {
    const found = await this.keys.findOne({ hash: trusted({ $in: hashes }) }).lean<ApiKeyDocument | null>();
    return found && toApiKey(found);
  }

  async list(userId: UserId, request: ListRequest<ApiKeySortField>): Promise<List<ApiKey>> {
    const after = request.kind === 'cursor' && request.after ? keysetAfter(request, request.after) : {};
    const query = this.keys.find({ userId, ...after }).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) =>
        (await query.skip(skip).limit(limit).lean<ApiKeyDocument[]>()).map(toApiKey),
      count: () => this.keys.countDocuments({ userId }),
      valueOf: (key) => key[request.sortBy],
    });
  }

  async countActive(userId: UserId, now: Date): Promise<number> {
    return this.keys.countDocuments(active(userId, now));
  }

  /** null when there is no such key in that revision. */
  async update(id: ApiKeyId, revision: number, changes: ApiKeyChanges): Promise<ApiKey | null> {
    const found = await this.keys
      .findOneAndUpdate(
        { _id: id, revision },
        { $set: changes, $inc: { revision: 1 } },
        { returnDocument: 'after' },
      )
      .lean<ApiKeyDocument | null>();
    return found && toApiKey(found);
  }

  /** Ends the key at `expiresAt` in favour of its successor. False when it has one already, or has ended. */
  async setSuccessor(id: ApiKeyId, successor: ApiKeyId, expiresAt: Date, now: Date): Promise<boolean> {
    const { matchedCount } = await this.keys.updateOne(
      { _id: id, rotatedTo: null, endedAt: null, expiresAt: trusted({ $gt: now }) },
      { $set: { rotatedTo: new Types.ObjectId(successor), expiresAt }, $inc: { revision: 1 } },
    );
    return matchedCount === 1;
  }

  async delete(id: ApiKeyId, revision: number): Promise<boolean> {
    const { deletedCount } = await this.keys.deleteOne({ _id: id, revision });
    return deletedCount === 1;
  }

  /** Ends every key of the user that has not ended yet. @returns their ids. */
  async endAllOf(userId: UserId, now: Date): Promise<ApiKeyId[]> {
    const found = await this.keys.find(active(userId, now), '_id').lean();
    const ids = found.map(({ _id }) => apiKeyIds.parse(_id.toString()));
    if (ids.length > 0) {
      await this.keys.updateMany(
        { _id: trusted({ $in: ids }) },
        { $set: { endedAt: now, expiresAt: now }, $inc: { revision: 1 } },
      );
    }
    return ids;
  }

  /** Notes at most once an `interval` (milliseconds) that the key is used after its rotation: whether it is time. */
  async noteOldUse(id: ApiKeyId, now: Date, interval: number): Promise<boolean> {
    const before = new Date(now.getTime() - interval);
    const { matchedCount } = await this.keys.updateOne(
      { _id: id, $or: [{ oldUseNotedAt: null }, { oldUseNotedAt: trusted({ $lte: before }) }] },
      { $set: { oldUseNotedAt: now } },
    );
    return matchedCount === 1;
  }

  /** Keys that end between the two times, have no successor, and whose owner was not told yet. */
  async findToWarn(from: Date, until: Date, limit: number): Promise<ApiKey[]> {
    const found = await this.keys
      .find({
        expiresAt: trusted({ $gt: from, $lte: until }),
        warnedAt: null,
        endedAt: null,
        rotatedTo: null,
      })
      .sort({ expiresAt: 1 })
      .limit(limit)
      .lean<ApiKeyDocument[]>();
    return found.map(toApiKey);
  }

  /** False when somebody else has done so. */
  async setWarned(id: ApiKeyId, now: Date): Promise<boolean> {
    const { matchedCount } = await this.keys.updateOne(
      { _id: id, warnedAt: null },
      { $set: { warnedAt: now } },
    );
    return matchedCount === 1;
  }
}

function active(userId: UserId, now: Date): QueryFilter<ApiKeyDocument> {
  return { userId, endedAt: null, expiresAt: trusted({ $gt: now }) };
}

function toApiKey({ _id, userId, quotaId, rotatedTo, ...key }: ApiKeyDocument): ApiKey {
  return {
    id: apiKeyIds.parse(_id.toString()),
    userId: userIds.parse(userId.toString()),
    name: key.name,
    prefix: key.prefix,
    permissions: key.permissions,
    allowedIps: key.allowedIps,
    rateLimit: key.rateLimit,
    quota: key.quota,
    quotaId: apiKeyIds.parse(quotaId.toString()),
    lastUsedAt: key.lastUsedAt,
    expiresAt: key.expiresAt,
    lifetime: key.lifetime,
    endedAt: key.endedAt,
    rotatedTo: rotatedTo && apiKeyIds.parse(rotatedTo.toString()),
    revision: key.revision,
    createdAt: key.createdAt,
  };
}
