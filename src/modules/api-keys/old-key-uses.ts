import { Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../common/clock.js';
import type { ApiKeyPrincipal } from '../../common/principal.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { AuditService } from '../audit/audit.service.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Milliseconds between two entries of one key. */
const interval = 60 * 60_000;

/** Tells that a key is still used after it was rotated: somebody has not taken over its successor yet. */
@Injectable()
export class OldKeyUses {
  private readonly logger = new Logger(OldKeyUses.name);
  // The database says whether it is time; this only saves asking it on each request.
  private readonly askedAt = new LRUCache<string, number>({ max: 10_000 });

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Never rejects, and need not be waited for. */
  async noticed({ keyId, userId }: ApiKeyPrincipal): Promise<void> {
    const now = this.clock.now();
    const askedAt = this.askedAt.get(keyId);
    if (askedAt !== undefined && now.getTime() - askedAt < interval) return;
    this.askedAt.set(keyId, now.getTime());
    const note = this.unitOfWork.run(async () => {
      if (!(await this.keys.noteOldUse(keyId, now, interval))) return;
      await this.audit.record({ action: 'api-key.old-key-used', target: { type: 'apiKey', id: keyId } });
      await this.unitOfWork.afterCommit(() =>
        this.logger.warn({ keyId, userId }, 'an API key is still used after its rotation'),
      );
    });
    await note.catch((error: unknown) => {
      this.askedAt.delete(keyId);
      this.logger.warn({ err: error, keyId }, 'the use of an old API key could not be audited');
    });
  }
}
