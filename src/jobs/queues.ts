import { getQueueToken } from '@nestjs/bullmq';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { jobIds, type JobId } from '../common/ids.js';
import { JobCatalogue } from './catalogue/catalogue.js';

/**
 * BullMQ's queues by name. The ledger may hold jobs of others: while a release replaces another, the processes of one of
 * them know queues that those of the other do not. They are left to whoever knows them.
 */
@Injectable()
export class Queues implements OnModuleInit {
  constructor(
    private readonly modules: ModuleRef,
    private readonly catalogue: JobCatalogue,
  ) {}

  get names(): readonly string[] {
    return this.catalogue.queues;
  }

  onModuleInit(): void {
    // The connection has told it already; without a listener BullMQ writes each error to the console.
    for (const name of this.names) this.get(name).on('error', () => undefined);
  }

  /** @throws Error when the catalogue has no such queue. */
  get(name: string): Queue {
    return this.modules.get<Queue>(getQueueToken(name), { strict: false });
  }
}

/** What BullMQ knows a job by: a retry of a dead job is another one to it. */
export function bullJobId(job: { readonly id: JobId; readonly generation: number }): string {
  return `${job.id}-${job.generation}`;
}

/** The other way round; undefined for an id that is not one of ours. */
export function parseBullJobId(text: string): { id: JobId; generation: number } | undefined {
  const [id, generation, ...rest] = text.split('-');
  if (!jobIds.is(id) || !/^[1-9]\d{0,8}$/.test(generation ?? '') || rest.length > 0) return undefined;
  return { id, generation: Number(generation) };
}
