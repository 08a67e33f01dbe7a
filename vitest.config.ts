import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import LongestFirst from './test/support/longest-first.js';

// Nest's dependency injection reads the constructor types that the compiler writes down as metadata.
const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };

const ofEach = {
  environment: 'node',
  // Files share the modules that their process has loaded: loading them takes longer than most tests of the API.
  isolate: false,
  setupFiles: ['test/support/metadata.ts', 'test/support/leave-nothing.ts'],
  // For what hangs. A machine that has ten times as much to do as it can is slow and no failure.
  testTimeout: 60_000,
  hookTimeout: 90_000,
};

export default defineConfig({
  oxc,
  test: {
    // Most tests wait for a service or for a process, half of their time: two workers leave two cores idle.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    // `npm test -- --coverage`: what runs in the processes of the tests. What only runs as a process of its own, such as
    // src/main.ts and src/cli, is tested all the same and counts as not covered.
    coverage: {
      include: ['src/**/*.ts'],
      exclude: ['src/**/*.spec.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 90 },
    },
    projects: [
      {
        oxc,
        test: {
          ...ofEach,
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'tools/**/*.spec.ts',
            'bench/**/*.spec.ts',
            'scripts/**/*.spec.ts',
            'test/workshop/**/*.spec.ts',
          ],
        },
      },
      {
        oxc,
        test: {
          ...ofEach,
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          globalSetup: ['test/support/services.global.ts'],
          pool: 'forks',
        },
      },
    ],
  },
});
