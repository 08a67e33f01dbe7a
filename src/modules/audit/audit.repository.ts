import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import type { AuditEntry } from './audit-entry.js';
import { AuditEntryModelName, type AuditEntryDocument } from './audit-entry.schema.js';

/** The collection `auditEntries`: it is added to and read, never changed. */
@Injectable()
export class AuditRepository {
  constructor(@InjectModel(AuditEntryModelName) private readonly entries: Model<AuditEntryDocument>) {}

  async insert(entries: readonly AuditEntry[]): Promise<void> {
    await this.entries.insertMany(entries);
  }
}
