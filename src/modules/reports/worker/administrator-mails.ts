import { Injectable } from '@nestjs/common';
import type { JobId } from '../../../common/ids.js';
import { Mailer } from '../../../infrastructure/mailer/mailer.js';
import { Once } from '../../../jobs/once/once.js';
import { UserFigures } from '../user-figures.js';
import type { MailText } from './report-html.js';

/** Tells the administrators something on behalf of a job: each of them once, whoever else could not be reached. */
@Injectable()
export class AdministratorMails {
  constructor(
    private readonly figures: UserFigures,
    private readonly mailer: Mailer,
    private readonly once: Once,
  ) {}

  /** @returns to how many. @throws Error when a mail may not be out: try again, those that are out stay the only ones. */
  async send(job: JobId, mail: MailText): Promise<number> {
    const administrators = await this.figures.administrators();
    for (const { id, email, name } of administrators) {
      await this.once.outside(job, id, (scope) => this.mailer.send(scope, { to: { email, name }, ...mail }));
    }
    return administrators.length;
  }
}
