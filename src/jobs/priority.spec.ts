import { expect, it } from 'vitest';
import { jobPriorities } from './job.schema.js';
import { bullPriority } from './priority.js';

it('gives BullMQ numbers by which CRITICAL runs first and LOW last, and never 0', () => {
  const byNumber = [...jobPriorities].sort((a, b) => bullPriority(a) - bullPriority(b));
  expect(byNumber).toEqual(['CRITICAL', 'HIGH', 'NORMAL', 'LOW']);
  expect(Math.min(...jobPriorities.map(bullPriority))).toBeGreaterThan(0);
});
