import { Injectable } from '@nestjs/common';
import { SpanKind } from '@opentelemetry/api';
import { Clock } from '../common/clock.js';
import { DomainError } from '../common/domain-error.js';
import { jobIds, type JobId } from '../common/ids.js';
import { requestContext } from '../common/request-context.js';
import { formatTraceparent } from '../common/trace.js';
import { newId } from '../infrastructure/mongo/new-id.js';
import { UnitOfWork } from '../infrastructure/mongo/unit-of-work.js';
import { Tracing } from '../infrastructure/telemetry/tracing.js';
import type { AnyJobType, JobType } from './catalogue/job-type.js';
import { GatheredWrites } from './gathered-writes.js';
import type { JobAuthor, JobPriority, NewJob } from './job-row.js';
import { JobsRepository } from './jobs.repository.js';
import { checkPayload } from './payload-check.js';
import { Relay } from './relay/relay.js';

const day = 24 * 60 * 60 * 1_000;
/** Milliseconds; beyond it lies a schedule, and somewhere the largest time that BullMQ can order by. */
const furthest = 366 * day;
/** Ids that a span names, of a batch that may be long. */
const toldIds = 10;

export interface EnqueueOptions {
  readonly priority?: JobPriority;
  /** Not before this time. */
  readonly runAt?: Date;
  /** Where the id says what the job stands for; absent: a fresh one. */
  readonly id?: JobId;
}

/** The way in: a job is accepted when its row is committed, with the change that asks for it. */
@Injectable()
export class JobProducer {
  private readonly gathered: GatheredWrites<NewJob>;

  constructor(
    private readonly jobs: JobsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly relay: Relay,
    private readonly clock: Clock,
    private readonly tracing: Tracing,
  ) {
    this.gathered = new GatheredWrites({
      write: (rows) => this.jobs.insert(...rows),
      writeAlone: (row) => this.jobs.insertOnce(row),
      isRefusal: (error) => this.jobs.isRefusal(error),
    });
  }

  /**
   * Writes the job into the running unit of work, or at once when none runs. Redis is not asked: the job is published
   * after the commit, whenever Redis is there.
   * @throws DomainError invalid / INVALID_JOB_DATA when the payload does not fit its declaration; too-large /
   * JOB_TOO_LARGE above 256 kB; invalid / INVALID_RUN_TIME for a time in the past or more than a year ahead.
   */
  enqueue<Payload extends object>(
    type: JobType<Payload>,
    data: Payload,
    options: EnqueueOptions = {},
  ): Promise<JobId> {
    return this.enqueueUntyped(type, data, options);
  }

  /** The same for a payload whose type is only known at run time; it is checked all the same. */
  async enqueueUntyped(type: AnyJobType, data: object, options: EnqueueOptions = {}): Promise<JobId> {
    if (options.runAt !== undefined) checkRunTime(options.runAt, this.clock.now());
    const [id] = await this.insert(type, [data], options);
    if (id === undefined) throw new Error('a job was written without an id');
    return id;
  }

  /** Many jobs of one type, by one write. @throws as enqueue. */
  enqueueAll<Payload extends object>(type: JobType<Payload>, data: readonly Payload[]): Promise<JobId[]> {
    return this.insert(type, data, {});
  }

  private async insert(type: AnyJobType, data: readonly object[], options: EnqueueOptions): Promise<JobId[]> {
    for (const each of data) await checkPayload(type, each);
    const jobs = data.map((each) => ({
      id: options.id ?? newId(jobIds),
      queue: type.queue,
      name: type.name,
      data: Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)),
      priority: options.priority ?? 'NORMAL',
      runAt: options.runAt ?? null,
      author: currentAuthor(),
      requestId: requestContext.current()?.requestId ?? null,
    }));
    if (jobs.length > 0) await this.write(type, jobs, options.id === undefined);
    await this.unitOfWork.afterCommit(() => {
      for (const job of jobs) this.relay.offer({ ...job, generation: 1 });
    });
    return jobs.map(({ id }) => id);
  }

  /** The rows say which span asked for them: the runs of the jobs are its children, in whatever process. */
  private write(
    type: AnyJobType,
    jobs: readonly Omit<NewJob, 'traceparent'>[],
    isFresh: boolean,
  ): Promise<void> {
    return this.tracing.run(
      {
        name: `enqueue ${type.name}`,
        kind: SpanKind.PRODUCER,
        attributes: () => ({
          'messaging.system': 'bullmq',
          'messaging.operation.type': 'send',
          'messaging.destination.name': type.queue,
          'messaging.batch.message_count': jobs.length,
          'nexus.job.name': type.name,
          'nexus.job.ids': jobs.slice(0, toldIds).map(({ id }) => id),
        }),
      },
      (place) => {
        const traced = place === undefined ? {} : { traceparent: formatTraceparent(place) };
        const rows = jobs.map((job) => ({ ...job, ...traced }));
        const [row] = rows;
        // What is a write of its own, of a fresh id. A recorded trace shows the commands that are its own.
        const isRecorded = requestContext.current()?.span !== undefined;
        return row !== undefined && rows.length === 1 && isFresh && !this.unitOfWork.isRunning && !isRecorded
          ? this.gathered.add(row)
          : this.jobs.insert(...rows);
      },
    );
  }
}

function checkRunTime(runAt: Date, now: Date): void {
  const ahead = runAt.getTime() - now.getTime();
  const message =
    ahead <= 0
      ? 'Cannot schedule job in the past'
      : ahead > furthest
        ? 'Cannot schedule job more than a year ahead'
        : undefined;
  if (message === undefined) return;
  throw new DomainError('invalid', 'INVALID_RUN_TIME', message, { errors: [{ path: 'runAt', message }] });
}

function currentAuthor(): JobAuthor {
  const principal = requestContext.current()?.principal;
  if (principal === undefined) return { kind: 'system' };
  const { kind, userId } = principal;
  return kind === 'apiKey' ? { kind, userId, keyId: principal.keyId } : { kind, userId };
}
