import { defineConfig } from 'vitest/config';

// Real processes that are killed for real: one file at a time, so that each has the machine to itself.
export default defineConfig({
  test: {
    name: 'faults',
    include: ['test/faults/**/*.fault-spec.ts'],
    environment: 'node',
    // What a test kills or freezes is its own; the rest it shares.
    globalSetup: ['test/support/services.global.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 240_000,
  },
});
