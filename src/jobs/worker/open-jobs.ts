import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { JobId } from '../../common/ids.js';
import type { RunnableJob } from '../job-row.js';
import { JobsRepository } from '../jobs.repository.js';

interface Question {
  readonly id: JobId;
  readonly answer: (row: RunnableJob | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/** Milliseconds between two reads: under load a read is shared by many, and the first of all waits for nothing. */
const gathering = 3;

/** Reads the rows of jobs that are about to run: all that are wanted while one read is under way share the next. */
@Injectable()
export class OpenJobs {
  private questions: Question[] = [];
  private reading = false;

  constructor(private readonly jobs: JobsRepository) {}

  /** The job's row; undefined when there is none. @throws the driver's error. */
  load(id: JobId): Promise<RunnableJob | undefined> {
    return new Promise((answer, fail) => {
      this.questions.push({ id, answer, fail });
      if (this.reading) return;
      this.reading = true;
      // Those that start in this turn of the event loop come along.
      setImmediate(() => void this.readAll());
    });
  }

  private async readAll(): Promise<void> {
    while (this.questions.length > 0) {
      const asked = this.questions;
      this.questions = [];
      try {
        const rows = await this.jobs.findRunnable(asked.map(({ id }) => id));
        const byId = new Map(rows.map((row) => [row.id, row]));
        for (const { id, answer } of asked) answer(byId.get(id));
      } catch (error) {
        for (const { fail } of asked) fail(error);
      }
      await sleep(gathering);
    }
    this.reading = false;
  }
}
