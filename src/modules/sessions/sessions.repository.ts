import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type QueryFilter } from 'mongoose';
import { sessionIds, userIds, type SessionId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { inPart, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import { SessionEntity } from './session.schema.js';
import type { RefreshChain, Session, SessionSortField } from './session.js';

/** Milliseconds for a step that waits for a transaction on its session: it holds a connection all the while. */
const longestWait = 5_000;

/** All access to the collection `sessions`. Plain objects in, plain objects out. */
@Injectable()
export class SessionsRepository {
  constructor(@InjectModel('Session') private readonly sessions: Model<SessionEntity>) {}

  async insert({ id, userId, ...session }: Session & RefreshChain): Promise<void> {
    await this.sessions.insertOne({
      _id: new Types.ObjectId(id),
      userId: new Types.ObjectId(userId),
      ...session,
    });
  }

  /** Whether the session exists, is this user's, and has not expired at `now`. */
  async isActive(id: SessionId, userId: UserId, now: Date): Promise<boolean> {
    const found = await this.sessions.exists({ _id: id, userId, expiresAt: trusted({ $gt: now }) });
    return found !== null;
  }

  /** null when it does not exist or has expired at `now`. */
  async findLive(id: SessionId, now: Date): Promise<(Session & RefreshChain) | null> {
    const found = await this.sessions.findOne({ _id: id, expiresAt: trusted({ $gt: now }) }).lean();
    return found && sessionOf(found);
  }

  async listLive(userId: UserId, now: Date, request: ListRequest<SessionSortField>): Promise<List<Session>> {
    const conditions: QueryFilter<SessionEntity> = { userId, expiresAt: trusted({ $gt: now }) };
    const query = this.sessions.find(inPart(request, conditions)).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) =>
        (await query.skip(skip).limit(limit).lean<SessionEntity[]>()).map(sessionOf),
      count: () => this.sessions.countDocuments(conditions),
      valueOf: (session) => session[request.sortBy],
    });
  }

  /**
   * One step of the chain, taken by one of any number of callers: false when the session has ended or expired, or
   * `parentHash` is not its present token.
   */
  async advance(
    id: SessionId,
    step: RefreshChain & Pick<Session, 'expiresAt' | 'ip'> & { readonly parentHash: string },
  ): Promise<boolean> {
    const advanced = await this.sessions
      .findOneAndUpdate(
        { _id: id, refreshHash: step.parentHash, expiresAt: trusted({ $gt: step.rotatedAt }) },
        { $set: { ...step, lastUsedAt: step.rotatedAt } },
        { projection: { _id: 1 }, maxTimeMS: longestWait },
      )
      .lean();
    return advanced !== null;
  }

  async delete(id: SessionId, userId: UserId): Promise<boolean> {
    const { deletedCount } = await this.sessions.deleteOne({ _id: id, userId });
    return deletedCount === 1;
  }

  /** The ids of those that were deleted. */
  async deleteAllOf(userId: UserId, { except }: { except?: SessionId } = {}): Promise<SessionId[]> {
    const filter: QueryFilter<SessionEntity> = {
      userId,
      ...(except !== undefined && { _id: trusted({ $ne: except }) }),
    };
    const found = await this.sessions.find(filter, '_id').lean();
    const ids = found.map(({ _id }) => sessionIds.parse(_id.toHexString()));
    if (ids.length > 0) await this.sessions.deleteMany({ _id: trusted({ $in: ids }) });
    return ids;
  }
}

function sessionOf({ _id, userId, ...session }: SessionEntity): Session & RefreshChain {
  return {
    ...session,
    id: sessionIds.parse(_id.toHexString()),
    userId: userIds.parse(userId.toHexString()),
  };
}
