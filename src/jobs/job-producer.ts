import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { DomainError } from '../common/domain-error.js';
import { jobIds, type JobId } from '../common/ids.js';
import { requestContext } from '../common/request-context.js';
import { newId } from '../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../infrastructure/mongo/unit-of-work.js';
import type { JobType } from './catalogue/job-type.js';
import type { JobAuthor, JobPriority } from './job-row.js';
import { JobsRepository } from './jobs.repository.js';
import { Relay } from './relay/relay.js';

export interface EnqueueOptions {
  readonly priority?: JobPriority;
  /** Not before this time. */
  readonly runAt?: Date;
}

/** The way in: a job is accepted when its row is committed, with the change that asks for it. */
@Injectable()
export class JobProducer {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: Relay,
  ) {}

  /**
   * Writes the job into the running unit of work, or at once when none runs. Redis is not asked: the job is published
   * after the commit, whenever Redis is there.
   * @throws DomainError invalid / INVALID_JOB_DATA when the payload does not fit its declaration.
   */
  async enqueue<Payload extends object>(
    type: JobType<Payload>,
    data: Payload,
    options: EnqueueOptions = {},
  ): Promise<JobId> {
    await checkPayload(type, data);
    const job = {
      id: newId(jobIds),
      queue: type.queue,
      name: type.name,
      data: Object.fromEntries(Object.entries(data)),
      priority: options.priority ?? 'NORMAL',
      runAt: options.runAt ?? null,
      author: currentAuthor(),
      requestId: requestContext.current()?.requestId ?? null,
    };
    await this.jobs.insert(job);
    await this.unitOfWork.afterCommit(() => this.relay.offer({ ...job, generation: 1 }));
    return job.id;
  }
}

async function checkPayload<Payload extends object>(type: JobType<Payload>, data: Payload): Promise<void> {
  const problems = await validate(plainToInstance(type.payload, data), {
    whitelist: true,
    forbidNonWhitelisted: true,
  });
  if (problems.length === 0) return;
  throw new DomainError(
    'invalid',
    'INVALID_JOB_DATA',
    `The data does not fit a job of the type ${type.name}`,
    {
      errors: problems.map(({ property, constraints }) => ({
        path: property,
        message: Object.values(constraints ?? {}).join('; ') || 'is not valid',
      })),
    },
  );
}

function currentAuthor(): JobAuthor {
  const principal = requestContext.current()?.principal;
  if (principal === undefined) return { kind: 'system' };
  const { kind, userId } = principal;
  return kind === 'apiKey' ? { kind, userId, keyId: principal.keyId } : { kind, userId };
}
