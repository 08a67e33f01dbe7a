import { WorkerHost } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { JobCatalogue } from '../../src/jobs/catalogue/catalogue.js';
import { JobHandler, type JobHandlerHost } from '../../src/jobs/worker/job-handler.js';
import { startApi } from '../support/app.js';
import { connectionOf, startWorker, testType, useIsolatedSettings, type RunningContext } from './support.js';

const type = testType('test-boot');

@Injectable()
@JobHandler(type.name)
class FirstHandler implements JobHandlerHost {
  async handle(): Promise<void> {}
}

@Injectable()
@JobHandler(type.name)
class SecondHandler implements JobHandlerHost {
  async handle(): Promise<void> {}
}

describe('the start of a worker', () => {
  let worker: RunningContext | undefined;

  beforeAll(() => {
    useIsolatedSettings();
  });

  afterEach(async () => {
    await worker?.[Symbol.asyncDispose]();
    worker = undefined;
  });

  it('is refused when a type of the catalogue has no handler', async () => {
    await expect(startWorker({ types: [type] })).rejects.toThrow("'test-boot' has no handler");
  });

  it('is refused when a type has two', async () => {
    const parts = { types: [type], providers: [FirstHandler, SecondHandler] };
    await expect(startWorker(parts)).rejects.toThrow(
      "'test-boot' is handled by FirstHandler and SecondHandler",
    );
  });

  it('is refused when a handler has no type', async () => {
    await expect(startWorker({ providers: [FirstHandler] })).rejects.toThrow(
      "'test-boot' is handled by FirstHandler, but not declared",
    );
  });

  it('makes one processor a queue', async () => {
    worker = await startWorker({ types: [type], providers: [FirstHandler] });
    expect(processors(worker.app.get(DiscoveryService, { strict: false }))).toHaveLength(
      new JobCatalogue().queues.length,
    );
    await connectionOf(worker).dropDatabase();
  });
});

describe('the start of the API', () => {
  it('makes no processor', async () => {
    await using api = await startApi();
    expect(processors(api.app.get(DiscoveryService, { strict: false }))).toEqual([]);
  });
});

function processors(discovery: DiscoveryService): unknown[] {
  return discovery.getProviders().filter(({ instance }) => instance instanceof WorkerHost);
}
