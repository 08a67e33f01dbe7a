import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { DomainError, type ErrorKind } from '../../common/domain-error.js';
import type { JobId } from '../../common/ids.js';
import type { JobStatus } from '../../common/job-status.js';
import type { Principal } from '../../common/principal.js';
import { JobCatalogue } from '../../jobs/catalogue/catalogue.js';
import type { AnyJobType } from '../../jobs/catalogue/job-type.js';
import { JobProducer } from '../../jobs/job-producer.js';
import type { JobPriority } from '../../jobs/job-row.js';

/** A job as a client asks for it. */
export interface JobOrder {
  readonly name: string;
  readonly data: object;
  readonly priority?: JobPriority;
  readonly runAt?: Date;
  /** Milliseconds from now; not together with runAt. */
  readonly delay?: number;
}

/** The producer for callers whom the compiler cannot check. */
@Injectable()
export class EnqueuingService {
  constructor(
    private readonly catalogue: JobCatalogue,
    private readonly producer: JobProducer,
    private readonly clock: Clock,
  ) {}

  /**
   * Accepts the job. Joins the running unit of work.
   * @throws DomainError not-found / QUEUE_NOT_FOUND; invalid / UNKNOWN_JOB_TYPE; forbidden / JOB_TYPE_INTERNAL or
   * FORBIDDEN; what JobProducer throws for its data and times.
   */
  async enqueue(
    principal: Principal,
    queue: string,
    order: JobOrder,
  ): Promise<{ id: JobId; status: JobStatus }> {
    const type = this.typeFor(principal, queue, order.name);
    const { data, priority } = order;
    const now = this.clock.now();
    const runAt = runAtOf(order, now);
    const id = await this.producer.enqueueUntyped(type, data, {
      ...(priority !== undefined && { priority }),
      ...(runAt !== undefined && { runAt }),
    });
    const status: JobStatus =
      runAt === undefined
        ? { status: 'pending', queuedAt: now.toISOString() }
        : { status: 'scheduled', runAt: runAt.toISOString() };
    return { id, status };
  }

  /** The public type of this name, when the principal may ask for it in this queue. @throws as `enqueue`. */
  typeFor(principal: Principal, queue: string, name: string): AnyJobType {
    this.catalogue.demandQueue(queue);
    const type = this.catalogue.find(name);
    if (type === undefined || type.queue !== queue) {
      throw refusal('invalid', 'UNKNOWN_JOB_TYPE', `The queue ${queue} has no job type of this name`);
    }
    if (type.access === 'internal') {
      throw refusal('forbidden', 'JOB_TYPE_INTERNAL', 'Only the service itself makes jobs of this type');
    }
    if (!principal.permissions.has(type.permission)) {
      throw new DomainError('forbidden', 'FORBIDDEN', `A job of this type needs ${type.permission}`);
    }
    return type;
  }
}

function runAtOf({ runAt, delay }: JobOrder, now: Date): Date | undefined {
  if (runAt === undefined)
    return delay === undefined || delay === 0 ? undefined : new Date(now.getTime() + delay);
  if (delay === undefined) return runAt;
  const message = 'runAt and delay cannot be used together';
  throw new DomainError('invalid', 'VALIDATION_FAILED', message, { errors: [{ path: 'delay', message }] });
}

function refusal(kind: ErrorKind, code: string, message: string): DomainError {
  return new DomainError(kind, code, message, { errors: [{ path: 'name', message }] });
}
