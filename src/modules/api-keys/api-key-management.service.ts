import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { apiKeyIds, type ApiKeyId, type UserId } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import type { PermissionName, Principal, Quota, RateLimit } from '../../common/principal.js';
import { newId } from '../../infrastructure/mongo/new-id.js';
import { Signals } from '../../infrastructure/mongo/signals/signals.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { changesBetween } from '../audit/changes-between.js';
import { NotificationsService } from '../notifications/notifications.service.js';
import { AccountsService } from '../users/accounts.service.js';
import { isActive, type ApiKey, type ApiKeyChanges, type ApiKeySortField } from './api-key.js';
import { ApiKeyRules } from './api-key-rules.js';
import { keyEnded, keyNotFound, keyStale, ownerGone, rotatedAlready } from './api-key-errors.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { KeyHasher } from './key-hasher.js';
import { makeKey, prefixOf } from './key-format.js';

const hour = 60 * 60 * 1_000;
const day = 24 * hour;

export interface ApiKeyWish {
  readonly name: string;
  readonly permissions?: readonly string[] | undefined;
  readonly expiresInDays: number;
  readonly allowedIps?: readonly string[] | undefined;
  readonly rateLimit?: RateLimit | undefined;
  readonly quota?: Quota | undefined;
}

export type ApiKeyPatch = Omit<ApiKeyChanges, 'permissions'> & { readonly permissions?: readonly string[] };

/** A key with its text, which nobody can be shown again. */
export interface MadeApiKey {
  readonly apiKey: ApiKey;
  readonly key: string;
}

/** What users do with keys: their own, and with api-keys:manage those of others. */
@Injectable()
export class ApiKeyManagementService {
  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly rules: ApiKeyRules,
    private readonly accounts: AccountsService,
    private readonly hasher: KeyHasher,
    private readonly unitOfWork: UnitOfWork,
    private readonly signals: Signals,
    private readonly audit: AuditService,
    private readonly notifications: NotificationsService,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError invalid / PERMISSION_NOT_FOUND; forbidden / PERMISSION_NOT_HELD or RATE_LIMIT_TOO_HIGH;
   * conflict / TOO_MANY_API_KEYS.
   */
  async create(principal: Principal, wish: ApiKeyWish): Promise<MadeApiKey> {
    this.rules.assertMayGive(principal, wish.rateLimit);
    const { userId } = principal;
    const id = newId(apiKeyIds);
    const key = makeKey();
    const createdAt = this.clock.now();
    const lifetime = wish.expiresInDays * day;
    return this.unitOfWork.run(async () => {
      await this.keys.lockHolder(userId);
      const permissions = await this.permissionsFor(userId, wish.permissions ?? []);
      await this.rules.assertRoomFor(userId, 'creation');
      const { name, allowedIps = [], rateLimit = null, quota = null } = wish;
      const expiresAt = new Date(createdAt.getTime() + lifetime);
      const limits = { permissions, allowedIps, rateLimit, quota };
      await this.insert({ id, userId, name, ...limits, quotaId: id, expiresAt, lifetime, createdAt }, key);
      await this.audit.record({
        action: 'api-key.created',
        target: { type: 'apiKey', id },
        changes: changesBetween({}, { userId, name, ...limits, expiresAt }),
      });
      return { apiKey: await this.findStored(id), key };
    });
  }

  /** @throws DomainError forbidden / FORBIDDEN for another user's without api-keys:manage. */
  async list(
    principal: Principal,
    userId: UserId = principal.userId,
    request: ListRequest<ApiKeySortField>,
  ): Promise<List<ApiKey>> {
    this.rules.assertMayList(principal, userId);
    return this.keys.list(userId, request);
  }

  /** @throws DomainError not-found / API_KEY_NOT_FOUND, also for a key that this principal may not know of. */
  async get(principal: Principal, id: ApiKeyId): Promise<ApiKey> {
    const key = await this.keys.findById(id);
    if (key === null || !this.rules.maySee(principal, key)) throw keyNotFound();
    return key;
  }

  /** @throws DomainError as get and create; stale / PRECONDITION_FAILED; forbidden for a stronger user's key. */
  async update(principal: Principal, id: ApiKeyId, patch: ApiKeyPatch, revision?: number): Promise<ApiKey> {
    return this.unitOfWork.run(async () => {
      const key = await this.findChangeable(principal, id, revision);
      const { permissions, ...rest } = patch;
      const changes: ApiKeyChanges = {
        ...rest,
        ...(permissions !== undefined && {
          permissions: await this.permissionsFor(key.userId, permissions),
        }),
      };
      const told = changesBetween(key, changes);
      // Nothing asked, nothing changed: a new revision would make stale what others have read.
      if (Object.keys(told).length === 0) return key;
      // Who sends back what they have read may keep what they were given.
      if ('rateLimit' in told) this.rules.assertMayGive(principal, changes.rateLimit);
      const updated = await this.keys.update(id, key.revision, changes);
      if (updated === null) throw keyStale();
      await this.signals.emit({ kind: 'api-key', id });
      await this.audit.record({
        action: 'api-key.updated',
        target: { type: 'apiKey', id },
        changes: told,
      });
      return updated;
    });
  }

  /**
   * A key that does what the old one does, for as long as that was made for. The old one lives on for `overlapHours`,
   * and never past its own end. An owner who did not do it is told by mail.
   * @throws DomainError as get; conflict / API_KEY_ENDED, API_KEY_ROTATED or TOO_MANY_API_KEYS; forbidden.
   */
  async rotate(principal: Principal, id: ApiKeyId, overlapHours: number): Promise<MadeApiKey> {
    const successor = newId(apiKeyIds);
    const key = makeKey();
    const now = this.clock.now();
    return this.unitOfWork.run(async () => {
      const old = await this.findChangeable(principal, id);
      await this.keys.lockHolder(old.userId);
      if (old.rotatedTo !== null) throw rotatedAlready();
      if (!isActive(old, now)) throw keyEnded();
      await this.rules.assertRoomFor(old.userId, 'rotation');
      const endsAt = new Date(Math.min(old.expiresAt.getTime(), now.getTime() + overlapHours * hour));
      if (!(await this.keys.setSuccessor(id, successor, endsAt, now))) throw rotatedAlready();
      const { userId, name, permissions, allowedIps, rateLimit, quota, quotaId, lifetime } = old;
      const expiresAt = new Date(now.getTime() + lifetime);
      const times = { expiresAt, lifetime, createdAt: now };
      const limits = { permissions, allowedIps, rateLimit, quota, quotaId };
      await this.insert({ id: successor, userId, name, ...limits, ...times }, key);
      await this.signals.emit({ kind: 'api-key', id });
      await this.audit.record({
        action: 'api-key.rotated',
        target: { type: 'apiKey', id },
        changes: {
          // Whose it is: perhaps not the actor's.
          ...changesBetween({}, { userId }),
          ...changesBetween(old, { rotatedTo: successor, expiresAt: endsAt }),
        },
      });
      if (userId !== principal.userId) await this.notifications.mailUser('api-key-rotated-notice', userId);
      return { apiKey: await this.findStored(successor), key };
    });
  }

  /** @throws DomainError as get; stale / PRECONDITION_FAILED; forbidden for a stronger user's key. */
  async delete(principal: Principal, id: ApiKeyId, revision?: number): Promise<void> {
    await this.unitOfWork.run(async () => {
      const key = await this.findChangeable(principal, id, revision);
      if (!(await this.keys.delete(id, key.revision))) throw keyStale();
      await this.signals.emit({ kind: 'api-key', id });
      const { userId, name } = key;
      await this.audit.record({
        action: 'api-key.revoked',
        target: { type: 'apiKey', id },
        changes: { userId: { from: userId }, name: { from: name } },
      });
    });
  }

  private async insert(
    key: Omit<Parameters<ApiKeysRepository['insert']>[0], 'hash' | 'prefix'>,
    text: string,
  ) {
    await this.keys.insert({ ...key, prefix: prefixOf(text), hash: this.hasher.hash(text) });
  }

  private async findStored(id: ApiKeyId): Promise<ApiKey> {
    const key = await this.keys.findById(id);
    if (key === null) throw keyNotFound();
    return key;
  }

  private async findChangeable(principal: Principal, id: ApiKeyId, revision?: number): Promise<ApiKey> {
    const key = await this.get(principal, id);
    await this.rules.assertMayChange(principal, key);
    if (revision !== undefined && revision !== key.revision) throw keyStale();
    return key;
  }

  /** What a key of this user may be given of what was asked for. */
  private async permissionsFor(
    userId: UserId,
    wanted: readonly string[],
  ): Promise<readonly PermissionName[]> {
    const account = await this.accounts.accountOf(userId);
    if (account?.status !== 'active') throw ownerGone();
    return this.rules.permissionsFor(account.roleIds, wanted);
  }
}
