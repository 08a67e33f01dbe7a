import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { normalizeEmail } from '../../common/email.js';
import { limitsConfig } from '../../config/limits.config.js';
import { Limiter } from './limiter.js';
import { mailsPerRecipient } from './mail-limits.js';
import { LimitRefusals } from './limit-refusals.js';

/** How many mails a mailbox gets that anybody may cause: 3 in 15 minutes, of all kinds together. */
@Injectable()
export class MailBudgetService {
  constructor(
    private readonly limiter: Limiter,
    private readonly refusals: LimitRefusals,
    @Inject(limitsConfig.KEY) private readonly config: ConfigType<typeof limitsConfig>,
  ) {}

  /** Spends one. False: send nothing, and answer as if it were sent. Ask for unknown recipients, too: same time. */
  async mayMail(recipient: string): Promise<boolean> {
    if (this.config.anonymous === null) return true;
    // Redis need not know who is written to.
    const key = createHash('sha256').update(normalizeEmail(recipient)).digest('base64url');
    const { allowed } = await this.limiter.take(`mail:${key}`, mailsPerRecipient);
    if (!allowed) this.refusals.count('mail');
    return allowed;
  }
}
