import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { SpanKind } from '@opentelemetry/api';
import { UnrecoverableError, WaitingError, type Job } from 'bullmq';
import { PinoLogger } from 'nestjs-pino';
import type { Logger as Lines } from 'pino';
import { Clock } from '../../common/clock.js';
import { requestContext } from '../../common/request-context.js';
import { parseTraceparent } from '../../common/trace.js';
import { jobsConfig } from '../../config/jobs.config.js';
import { currentLogFields } from '../../infrastructure/logging/log-context.js';
import { Tracing } from '../../infrastructure/telemetry/tracing.js';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { JobHints } from '../events/job-hints.js';
import type { RunnableJob } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';
import { parseBullJobId } from '../queues.js';
import { pauseAfter } from '../retry-ladder.js';
import { Attempt } from './attempt.js';
import { Cancellations } from './cancellations.js';
import { DueTimes } from './due-times.js';
import { DoneMarks } from './done-marks.js';
import type { RunningJob } from './job-handler.js';
import { JobHandlers } from './job-handlers.js';
import { keptResult } from './job-result.js';
import { JobOutcomes } from './job-outcomes.js';
import type { Lane } from './lane.js';
import { OpenJobs } from './open-jobs.js';
import { Progress } from './progress.js';
import { Suspects } from './suspects.js';

/** Runs what BullMQ hands out: finds the row and the handler, and tells the ledger how it ended. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly underWay = new Set<Promise<unknown>>();
  private readonly attempts = new Set<Attempt>();
  private ending: Error | undefined;
  private readonly lines: Pick<Lines, 'info'>;

  constructor(
    private readonly openJobs: OpenJobs,
    private readonly handlers: JobHandlers,
    private readonly catalogue: JobCatalogue,
    private readonly doneMarks: DoneMarks,
    private readonly dueTimes: DueTimes,
    private readonly cancellations: Cancellations,
    private readonly suspects: Suspects,
    private readonly outcomes: JobOutcomes,
    private readonly clock: Clock,
    private readonly jobs: JobsRepository,
    private readonly hints: JobHints,
    private readonly tracing: Tracing,
    @Inject(jobsConfig.KEY) private readonly config: ConfigType<typeof jobsConfig>,
    { logger }: PinoLogger,
  ) {
    // Looking for secrets in a line that is made of known fields costs more than everything else about it.
    this.lines = logger.child({ context: 'Jobs' }, { redact: { paths: [] } });
  }

  /** Resolves when nothing runs any more. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
  }

  /** Ends what still runs; it goes back to its queue, without having used up an attempt. */
  giveBack(): void {
    this.ending = new Error('the worker is shutting down');
    for (const attempt of this.attempts) attempt.interrupt(this.ending);
  }

  run(job: Job, token: string | undefined, lane: Lane): Promise<unknown> {
    return this.track(this.process(job, token, lane));
  }

  /** A job failed for good, in its handler or because its worker died too often: the ledger calls it dead. */
  buried(job: Job, error: Error): Promise<void> {
    return this.track(this.bury(job, error));
  }

  private async process(job: Job, token: string | undefined, lane: Lane): Promise<unknown> {
    const reference = parseBullJobId(job.id ?? '');
    if (reference === undefined) throw new UnrecoverableError(`${job.id} is not an id of the ledger`);
    const attempt = new Attempt();
    if (this.ending !== undefined) attempt.interrupt(this.ending);
    this.attempts.add(attempt);
    const unwatch = this.cancellations.watch(reference.id, attempt);
    try {
      const row = await attempt.throughOutages(() => this.openJobs.load(reference.id));
      if (row === undefined || row.generation !== reference.generation || !isOpen(row)) return undefined;
      await this.dueTimes.keep(job, row, token);
      const context = {
        requestId: row.requestId ?? row.id,
        trace: parseTraceparent(row.traceparent),
        ip: '',
        route: `job ${row.name}`,
        job: fieldsOf(row, job),
      };
      return await requestContext.run(context, () =>
        this.suspects.run({ job, row, attempt }, lane, () => this.trace(row, job, attempt)),
      );
    } catch (error) {
      // Over in the ledger: nothing failed, and nothing is tried again.
      if (attempt.isCancelled) return undefined;
      if (!attempt.isInterrupted) throw error;
      await job.moveToWait(token);
      throw new WaitingError();
    } finally {
      unwatch();
      this.attempts.delete(attempt);
    }
  }

  /** A span of its own for what follows, a child of the one that asked for the job. */
  private trace(row: RunnableJob, job: Job, attempt: Attempt): Promise<unknown> {
    return this.tracing.run(
      {
        name: `process ${row.name}`,
        kind: SpanKind.CONSUMER,
        attributes: () => ({
          'messaging.system': 'bullmq',
          'messaging.operation.type': 'process',
          'messaging.destination.name': row.queue,
          'messaging.message.id': row.id,
          'nexus.job.name': row.name,
          'nexus.job.attempt': job.attemptsMade + 1,
        }),
        // Cancelled, or given back to its queue.
        isFailure: () => !attempt.isInterrupted,
      },
      () => this.perform(row, job, attempt),
    );
  }

  private async perform(row: RunnableJob, job: Job, attempt: Attempt): Promise<unknown> {
    const startedAt = performance.now();
    const number = job.attemptsMade + 1;
    const progress = new Progress(async (said) => {
      this.hints.progressed(row.queue, row.id, said);
      await job.updateProgress({ ...said });
    });
    try {
      const type = this.catalogue.find(row.name);
      const handler = this.handlers.get(row.name);
      if (type === undefined || handler === undefined) {
        // Another release may know it, whose workers are just taking over: there is a next attempt.
        throw new Error(`this release knows no job of the type '${row.name}'`);
      }
      const runningJob: RunningJob = {
        id: row.id,
        data: row.data,
        attempt: number,
        progress: progress.report,
        get signal() {
          return attempt.signal;
        },
      };
      const returned: unknown = await attempt.throughOutages(() =>
        attempt.within(type.timeout, () => handler.handle(runningJob)),
      );
      const result = keptResult(returned);
      await this.doneMarks.add({ id: row.id, queue: row.queue, attempts: number, result });
      const durationMs = since(startedAt);
      this.outcomes.done(row, durationMs);
      this.lines.info({ ...currentLogFields(), durationMs }, 'job done');
      return result;
    } catch (error) {
      if (!attempt.isInterrupted) await this.tellFailure(row, job, error, since(startedAt));
      throw error;
    } finally {
      progress.end();
    }
  }

  private async tellFailure(row: RunnableJob, job: Job, error: unknown, durationMs: number): Promise<void> {
    const number = job.attemptsMade + 1;
    const isLast = error instanceof UnrecoverableError || number >= (job.opts.attempts ?? 1);
    this.outcomes.failure(row, durationMs);
    this.logger.warn({ err: error, durationMs, isLast }, 'job failed');
    if (isLast) return;
    const ladder = this.catalogue.find(row.name)?.retryLadder ?? this.config.retryLadder;
    const at = this.clock.now();
    const nextAttemptAt = new Date(at.getTime() + pauseAfter(ladder, number));
    await this.jobs
      .recordFailure(row, number, { at, error: messageOf(error), nextAttemptAt })
      .then(() => this.hints.changed(row.queue, [row.id]))
      .catch((cause: unknown) => this.logger.debug({ err: cause }, 'the failure was not recorded'));
  }

  private async bury(job: Job, error: Error): Promise<void> {
    const reference = parseBullJobId(job.id ?? '');
    if (reference === undefined) return;
    try {
      const died = await this.jobs.markDead({ ...reference, attempts: job.attemptsMade, error });
      this.hints.changed(job.queueName, [reference.id]);
      if (died) this.logger.error({ jobId: reference.id, job: job.name, err: error }, 'job is dead');
    } catch (cause) {
      this.logger.warn({ jobId: reference.id, err: cause }, 'a dead job is left to the reconciler');
    }
  }

  private async track<Value>(work: Promise<Value>): Promise<Value> {
    this.underWay.add(work);
    try {
      return await work;
    } finally {
      this.underWay.delete(work);
    }
  }
}

function fieldsOf(row: RunnableJob, job: Job) {
  return { jobId: row.id, queue: row.queue, job: row.name, attempt: job.attemptsMade + 1 };
}

function isOpen({ state }: RunnableJob): boolean {
  return state === 'pending' || state === 'published';
}

function since(start: number): number {
  return Math.round(performance.now() - start);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
