import { defineConfig } from 'vitest/config';

// Nest's dependency injection reads the constructor types that the compiler writes down as metadata.
const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };

// Real processes that are killed for real: one file at a time, so that each has the machine to itself.
export default defineConfig({
  oxc,
  test: {
    name: 'faults',
    include: ['test/**/*.fault-spec.ts'],
    setupFiles: ['test/support/metadata.ts'],
    environment: 'node',
    // What a test kills or freezes is its own; the rest it shares.
    globalSetup: ['test/support/services.global.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 240_000,
  },
});
