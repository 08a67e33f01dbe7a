import { Injectable } from '@nestjs/common';
import { DomainError } from '../../common/domain-error.js';
import { accountMail } from './account-mail.js';
import { importUsers } from './import-users.js';
import { apiKeyExpiryMail } from './api-key-expiry-mail.js';
import { deadLetterAlert } from './dead-letter-alert.js';
import type { AnyJobType } from './job-type.js';
import { processItems } from './process-items.js';
import { sendEmail } from './send-email.js';
import { weeklyReport } from './weekly-report.js';

/** Every type of job. To add one: declare it beside these, list it here, and write its handler. */
export const jobTypes: readonly AnyJobType[] = [
  accountMail,
  apiKeyExpiryMail,
  sendEmail,
  processItems,
  importUsers,
  weeklyReport,
  deadLetterAlert,
];

/** What can be asked about the declared types; injectable, so that a test can declare others. */
@Injectable()
export class JobCatalogue {
  private readonly byName: ReadonlyMap<string, AnyJobType>;

  /** @throws Error when two types share a name. */
  constructor(readonly types: readonly AnyJobType[] = jobTypes) {
    this.byName = new Map(types.map((type) => [type.name, type]));
    if (this.byName.size < types.length) throw new Error('Two job types of the catalogue have the same name');
  }

  get queues(): readonly string[] {
    return [...new Set(this.types.map((type) => type.queue))];
  }

  /** @throws DomainError not-found / QUEUE_NOT_FOUND. */
  demandQueue(queue: string): void {
    if (this.queues.includes(queue)) return;
    throw new DomainError('not-found', 'QUEUE_NOT_FOUND', 'Queue not found');
  }

  find(name: string): AnyJobType | undefined {
    return this.byName.get(name);
  }

  /** The part of a payload that may leave the ledger; nothing of a type that is no longer declared. */
  shown(name: string, data: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const shows: readonly string[] = this.find(name)?.shows ?? [];
    return Object.fromEntries(Object.entries(data).filter(([field]) => shows.includes(field)));
  }
}
