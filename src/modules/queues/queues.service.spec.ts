import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { apiKeyIds, jobIds, sessionIds, userIds } from '../../common/ids.js';
import type { PermissionName, Principal } from '../../common/principal.js';
import { UnitOfWork } from '../../infrastructure/mongo/unit-of-work.js';
import { JobCatalogue } from '../../jobs/catalogue/catalogue.js';
import { JobLedger, type JobView } from '../../jobs/job-ledger.js';
import { QueueSwitches } from '../../jobs/switches/queue-switches.js';
import { AuditService } from '../audit/audit.service.js';
import { QueuesService } from './queues.service.js';

const hex = (digit: string) => digit.repeat(24);
const me = userIds.parse(hex('a'));
const other = userIds.parse(hex('b'));
const id = jobIds.parse(hex('c'));

function view(author: JobView['author']): JobView {
  const status = { status: 'pending', queuedAt: '2026-01-01T00:00:00.000Z' } as const;
  return { id, queue: 'email', name: 'test', author, generation: 1, progress: 0, data: {}, status };
}

function principal(...permissions: PermissionName[]): Principal {
  const sessionId = sessionIds.parse(hex('d'));
  return { kind: 'user', userId: me, sessionId, permissions: new Set(permissions) };
}

async function serviceWith(job: JobView | undefined): Promise<QueuesService> {
  const catalogue = new JobCatalogue();
  const ledger = { demandQueue: (queue: string) => catalogue.demandQueue(queue), find: async () => job };
  const module = await Test.createTestingModule({
    providers: [
      QueuesService,
      { provide: JobLedger, useValue: ledger },
      ...[QueueSwitches, AuditService, UnitOfWork].map((provide) => ({ provide, useValue: {} })),
    ],
  }).compile();
  return module.get(QueuesService);
}

describe('who may read a job', () => {
  const keyId = apiKeyIds.parse(hex('e'));

  it.each<[string, JobView['author'], PermissionName, boolean]>([
    ['reads all: that of another', { kind: 'user', userId: other }, 'queues:read', true],
    ['reads all: that of nobody', { kind: 'system' }, 'queues:read', true],
    ['only enqueues: their own', { kind: 'user', userId: me }, 'queues:enqueue', true],
    ['only enqueues: that of their key', { kind: 'apiKey', userId: me, keyId }, 'queues:enqueue', true],
    ['only enqueues: not that of another', { kind: 'user', userId: other }, 'queues:enqueue', false],
    ['only enqueues: not that of nobody', { kind: 'system' }, 'queues:enqueue', false],
  ])('who %s', async (_, author, permission, may) => {
    const found = (await serviceWith(view(author))).findJob(principal(permission), 'email', id);
    if (may) await expect(found).resolves.toMatchObject({ id });
    else await expect(found).rejects.toMatchObject({ kind: 'not-found', code: 'JOB_NOT_FOUND' });
  });

  it('is not told apart from a job that does not exist', async () => {
    const service = await serviceWith(undefined);
    const found = service.findJob(principal('queues:enqueue'), 'email', id);
    await expect(found).rejects.toMatchObject({ code: 'JOB_NOT_FOUND', message: 'Job not found' });
  });

  it('is not asked in a queue that does not exist', async () => {
    const service = await serviceWith(view({ kind: 'user', userId: me }));
    const found = service.findJob(principal('queues:read'), 'nothing', id);
    await expect(found).rejects.toMatchObject({ code: 'QUEUE_NOT_FOUND' });
  });
});
