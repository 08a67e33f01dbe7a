import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { UserId } from '../../common/ids.js';
import { requestContext } from '../../common/request-context.js';
import { accountMail } from '../../jobs/catalogue/account-mail.js';
import { JobProducer } from '../../jobs/job-producer.js';

/** Invites users without a password to choose one, many at once. */
@Injectable()
export class InvitationsService {
  constructor(private readonly producer: JobProducer) {}

  /** One mail for each. Joins the running unit of work. */
  async inviteAll(users: readonly UserId[]): Promise<void> {
    const requestId = requestContext.current()?.requestId ?? randomUUID();
    await this.producer.enqueueAll(
      accountMail,
      users.map((userId) => ({ template: 'invitation' as const, userId, requestId })),
    );
  }
}
