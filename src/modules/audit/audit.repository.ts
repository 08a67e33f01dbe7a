import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { InjectModel } from '@nestjs/mongoose';
import { trusted, Types, type Model, type QueryFilter } from 'mongoose';
import { auditEntryIds } from '../../common/ids.js';
import type { List, ListRequest } from '../../common/pagination.js';
import { auditConfig } from '../../config/audit.config.js';
import { duplicateKeyFields } from '../../infrastructure/mongo/database-errors.js';
import { inPart, listOf, sortOf } from '../../infrastructure/mongo/keyset.js';
import type { AuditEntry, AuditFilter, AuditSortField } from './audit-entry.js';
import { AuditEntryModelName, type AuditEntryDocument } from './audit-entry.schema.js';

/** The collection `auditEntries`: it is added to and read, never changed (its schema refuses that). */
@Injectable()
export class AuditRepository {
  constructor(
    @InjectModel(AuditEntryModelName) private readonly entries: Model<AuditEntryDocument>,
    @Inject(auditConfig.KEY) private readonly config: ConfigType<typeof auditConfig>,
  ) {}

  /** Joins the running transaction. */
  async insert(entry: AuditEntry): Promise<void> {
    await this.entries.insertOne(this.toDocument(entry));
  }

  /** Joins the running transaction. */
  async insertAll(entries: readonly AuditEntry[]): Promise<void> {
    await this.entries.insertMany(entries.map((entry) => this.toDocument(entry)));
  }

  /** Adds those that are not there yet: what may have been written before its answer was lost can be sent again. */
  async insertMissing(entries: readonly AuditEntry[]): Promise<void> {
    try {
      await this.entries.insertMany(entries.map((entry) => this.toDocument(entry)));
    } catch (error) {
      if (duplicateKeyFields(error) === undefined) throw error;
      for (const entry of entries) await this.insert(entry).catch(unlessDuplicate);
    }
  }

  async list(filter: AuditFilter, request: ListRequest<AuditSortField>): Promise<List<AuditEntry>> {
    const conditions = conditionsOf(filter);
    const query = this.entries.find(inPart(request, conditions)).sort(sortOf(request));
    return listOf(request, {
      find: async (skip, limit) =>
        (await query.skip(skip).limit(limit).lean<AuditEntryDocument[]>()).map(toEntry),
      count: () => this.entries.countDocuments(conditions),
      valueOf: (entry) => entry.at,
    });
  }

  private toDocument({ id, ...entry }: AuditEntry): AuditEntryDocument {
    const expireAt = new Date(entry.at.getTime() + this.config.retention);
    return { ...entry, _id: new Types.ObjectId(id), expireAt };
  }
}

function conditionsOf({ actor, action, target, from, to }: AuditFilter): QueryFilter<AuditEntryDocument> {
  return {
    ...(actor !== undefined && { 'actor.id': actor }),
    ...(target !== undefined && { 'target.id': target }),
    ...(action !== undefined && { action }),
    ...((from !== undefined || to !== undefined) && {
      at: trusted({ ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lte: to }) }),
    }),
  };
}

function toEntry({ _id, expireAt: _, ...entry }: AuditEntryDocument): AuditEntry {
  return { ...entry, id: auditEntryIds.parse(_id.toHexString()) };
}

function unlessDuplicate(error: unknown): void {
  if (duplicateKeyFields(error) === undefined) throw error;
}
