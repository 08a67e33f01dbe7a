import { Types } from 'mongoose';
import { expectStatus, idOf, type Ground, type Walker } from './walker.js';

/** Public types of jobs; what a walker does to one queue is not in the way of what another does to the other. */
const mails = 'email';
const items = 'data-processing';

/** A job that nobody runs while the test does. */
async function job(on: Ground, queue: string): Promise<string> {
  const mail = { name: 'send-email', data: { to: on.freshEmail(), subject: 'Walk', body: 'Walk.' } };
  const process = { name: 'process-items', data: { items: [{ id: 'one' }] } };
  const wish = { ...(queue === mails ? mail : process), delay: 3_600_000 };
  return idOf(await on.admin.post(`/api/queues/${queue}/jobs`, wish), 202);
}

/** One that has failed for good, as the worker leaves it: to fail for real would take its whole ladder. */
async function deadJob(on: Ground, queue: string): Promise<string> {
  const id = await job(on, queue);
  const dead = { state: 'dead', error: { message: 'no use' }, failedAt: new Date() };
  await on.service.database.collection('jobs').updateOne({ _id: new Types.ObjectId(id) }, { $set: dead });
  return id;
}

async function schedule(on: Ground): Promise<string> {
  const id = on.freshName();
  const wish = { pattern: '0 9 * * 1', timezone: 'UTC', name: 'weekly-report', data: { type: 'weekly' } };
  expectStatus(await on.admin.put(`/api/queues/reports/schedules/${id}`, { ...wish, paused: true }), 200);
  return id;
}

export const queueWalkers = {
  'queue.paused': async (on) => {
    expectStatus(await on.admin.post(`/api/queues/${items}/pause`), 200);
    return { actor: on.adminId, target: items };
  },

  'queue.resumed': async (on) => {
    expectStatus(await on.admin.post('/api/queues/reports/pause'), 200);
    expectStatus(await on.admin.post('/api/queues/reports/resume'), 200);
    return { actor: on.adminId, target: 'reports' };
  },

  'job.cancelled': async (on) => {
    const id = await job(on, mails);
    expectStatus(await on.admin.delete(`/api/queues/${mails}/jobs/${id}`), 200);
    return { actor: on.adminId, target: id };
  },

  'job.retried': async (on) => {
    const id = await deadJob(on, mails);
    expectStatus(await on.admin.post(`/api/dead-letters/${id}/retry`), 200);
    return { actor: on.adminId, target: id };
  },

  'dead-letter.deleted': async (on) => {
    const id = await deadJob(on, mails);
    expectStatus(await on.admin.delete(`/api/dead-letters/${id}`), 200);
    return { actor: on.adminId, target: id };
  },

  'dead-letters.retried': async (on) => {
    await deadJob(on, items);
    expectStatus(await on.admin.post('/api/dead-letters/retry', { queue: items }), 200);
    return { actor: on.adminId, target: items };
  },

  'schedule.saved': async (on) => ({ actor: on.adminId, target: `reports/${await schedule(on)}` }),

  'schedule.deleted': async (on) => {
    const id = await schedule(on);
    expectStatus(await on.admin.delete(`/api/queues/reports/schedules/${id}`), 200);
    return { actor: on.adminId, target: `reports/${id}` };
  },
} satisfies Record<string, Walker>;
