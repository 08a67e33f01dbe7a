import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JobId, UserId } from '../../common/ids.js';
import { requestContext } from '../../common/request-context.js';
import { invitationMail } from '../../jobs/catalogue/invitation-mail.js';
import { JobProducer } from '../../jobs/job-producer.js';

/** What the service tells its users by mail. A mail is a job: it is accepted with the change that causes it. */
@Injectable()
export class NotificationsService {
  constructor(private readonly producer: JobProducer) {}

  /** Invites a user without a password to choose one. Joins the running unit of work. */
  async inviteUser(userId: UserId): Promise<JobId> {
    const requestId = requestContext.current()?.requestId ?? randomUUID();
    return this.producer.enqueue(invitationMail, { template: 'invitation', userId, requestId });
  }
}
