import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/client.js';
import { Ground, range, until, type StartedApi } from './support/ground.js';
import { OwnService } from './support/own-services.js';
import { enqueue, enqueueAll, numbersOf } from './support/producers.js';
import { SmallDisk } from './support/small-disk.js';

/** Milliseconds from there being room again until jobs are accepted and run. */
const longestHealing = 40_000;

const reason = SmallDisk.whyNot();
if (reason !== undefined) console.log(`disk full: skipped, ${reason}`);

describe.skipIf(reason !== undefined)('the disk of a local service is full', () => {
  let disk: SmallDisk;
  let service: OwnService;
  let ground: Ground;
  let api: StartedApi;

  async function over(name: 'mongo' | 'redis', megabytes: number): Promise<void> {
    disk = SmallDisk.of(megabytes);
    service = await OwnService[name](disk.path);
    ground = await Ground.over({ [name]: service.uri });
    api = await ground.api();
    await ground.worker();
  }

  async function end(): Promise<void> {
    disk?.empty();
    await ground?.[Symbol.asyncDispose]();
    await service?.[Symbol.asyncDispose]();
    disk?.[Symbol.dispose]();
  }

  describe('that of the database', () => {
    beforeAll(() => over('mongo', 400));
    afterAll(end);

    it('writes fail with a 503, nothing acknowledged is lost, and it heals when there is room', async () => {
      const accepted = numbersOf(
        await enqueueAll(
          api.admin,
          range(50).map((number) => ({ number })),
        ),
      );
      disk.fill();
      const endings = new Map<string, number>();
      const bodies: Json[] = [];
      const begun = Date.now();
      const note = 'x'.repeat(60_000);
      for (let number = 1_000; Date.now() - begun < 8_000; number += 1) {
        const reply = await api.admin.post('/api/queues/email/jobs', {
          name: 'send-email',
          data: { to: `full-${number}@nexus.test`, subject: 'full', body: note },
          delay: 3_600_000,
        });
        endings.set(String(reply.status), (endings.get(String(reply.status)) ?? 0) + 1);
        if (reply.status !== 202) bodies.push(reply.body);
        const job = await enqueue(api.admin, { number });
        if (job !== undefined) accepted.push(number);
      }
      const live = (await api.admin.get('/health/live')).status;
      disk.empty();
      const freed = Date.now();
      await until(
        'a job is accepted again',
        async () => {
          if ((await enqueue(api.admin, { number: 900_000 })) === undefined) return false;
          accepted.push(900_000);
          return true;
        },
        longestHealing,
      );
      await until('the API is ready', async () => (await api.admin.get('/health/ready')).status === 200);
      const healedAfterMs = Date.now() - freed;
      const tally = await ground.settle('the disk of the database is full', accepted, 30_000, {
        endings: Object.fromEntries(endings),
        healedAfterMs,
      });
      expect([...endings.keys()].filter((status) => status !== '202')).toEqual(['503']);
      for (const body of bodies) {
        expect(body).toMatchObject({ statusCode: 503, success: false, code: 'SERVICE_UNAVAILABLE' });
      }
      expect(live).toBe(200);
      expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
    });
  });

  describe('that of Redis', () => {
    beforeAll(() => over('redis', 24));
    afterAll(end);

    it('jobs are accepted all the same, and run when there is room', async () => {
      const accepted = numbersOf(
        await enqueueAll(
          api.admin,
          range(50).map((number) => ({ number })),
        ),
      );
      await ground.settle('before', accepted);
      disk.fill();
      const endings = new Map<number, number>();
      const begun = Date.now();
      for (let number = 1_000; Date.now() - begun < 8_000; number += 1) {
        const job = await enqueue(api.admin, { number });
        if (job !== undefined) accepted.push(number);
        for (const { status } of [await api.admin.get('/api/users/me'), await api.admin.get('/api/users')]) {
          endings.set(status, (endings.get(status) ?? 0) + 1);
        }
        await sleep(20);
      }
      const waiting = await ground.jobs('pending');
      disk.empty();
      const tally = await ground.settle('the disk of Redis is full', accepted, longestHealing, {
        reads: Object.fromEntries(endings),
        waitedInTheLedger: waiting,
      });
      expect([...endings.keys()]).toEqual([200]);
      expect(tally).toMatchObject({ lost: 0, duplicates: 0, dead: 0 });
      expect(waiting).toBeGreaterThan(0);
    });
  });
});
