import { Inject, Injectable } from '@nestjs/common';
import type { JobId } from '../../../common/ids.js';
import { Mailer } from '../../../infrastructure/mailer/mailer.js';
import { RefusedMail } from '../../../infrastructure/mailer/refused-mail.js';
import { isDatabaseUnavailable } from '../../../infrastructure/mongo/database-errors.js';
import { Once } from '../../../jobs/once/once.js';
import { UserFigures } from '../user-figures.js';
import type { MailText } from './report-html.js';

/** Tells the administrators something on behalf of a job: each of them once, whoever else could not be reached. */
@Injectable()
export class AdministratorMails {
  constructor(
    @Inject(UserFigures) private readonly figures: Pick<UserFigures, 'administrators'>,
    @Inject(Mailer) private readonly mailer: Pick<Mailer, 'send'>,
    @Inject(Once) private readonly once: Pick<Once, 'outside'>,
  ) {}

  /**
   * @returns to how many.
   * @throws Error when a mail may not be out: try again, those that are out stay the only ones; RefusedMail when all
   * others are out, and another try would be in vain.
   */
  async send(job: JobId, mail: MailText): Promise<number> {
    const administrators = await this.figures.administrators();
    const failures: unknown[] = [];
    for (const { id, email, name } of administrators) {
      try {
        await this.once.outside(job, id, (scope) =>
          this.mailer.send(scope, { to: { email, name }, ...mail }),
        );
      } catch (error) {
        if (isDatabaseUnavailable(error)) throw error;
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures.find((error) => !(error instanceof RefusedMail)) ?? failures[0];
    return administrators.length;
  }
}
