import { defineConfig } from 'vitest/config';

// Real processes that are killed for real: one file at a time, so that each has the machine to itself.
export default defineConfig({
  test: {
    name: 'faults',
    include: ['test/faults/**/*.fault-spec.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 240_000,
  },
});
