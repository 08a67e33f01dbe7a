import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JobId, RegistrationId, UserId } from '../../common/ids.js';
import { requestContext } from '../../common/request-context.js';
import {
  accountMail,
  type RegistrationMailTemplate,
  type UserMailTemplate,
} from '../../jobs/catalogue/account-mail.js';
import { JobProducer } from '../../jobs/job-producer.js';
import { MailBudgetService } from '../rate-limits/mail-budget.service.js';

/** What the service tells its users by mail. A mail is a job: it is accepted with the change that causes it. */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly producer: JobProducer,
    private readonly budget: MailBudgetService,
  ) {}

  /** Invites a user without a password to choose one. Joins the running unit of work. */
  async inviteUser(userId: UserId): Promise<JobId> {
    return this.mailUser('invitation', userId);
  }

  /**
   * Whether one more mail that anybody can cause may go to this address. Ask before the unit of work, for an address without
   * an account too: who asks must not see the difference.
   */
  async mayMail(recipient: string): Promise<boolean> {
    return this.budget.mayMail(recipient);
  }

  /** Joins the running unit of work. Nothing is sent when there is no such user by the time the worker looks. */
  async mailUser(template: UserMailTemplate, userId: UserId): Promise<JobId> {
    return this.producer.enqueue(accountMail, { template, userId, requestId: requestId() });
  }

  /** Answers an attempt to register, whichever way it has to be answered. Joins the running unit of work. */
  async mailRegistration(template: RegistrationMailTemplate, registrationId: RegistrationId): Promise<JobId> {
    return this.producer.enqueue(accountMail, { template, registrationId, requestId: requestId() });
  }
}

function requestId(): string {
  return requestContext.current()?.requestId ?? randomUUID();
}
