import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// Nest's dependency injection reads the constructor types that the compiler writes down as metadata.
const oxc = { decorator: { legacy: true, emitDecoratorMetadata: true } };

export default defineConfig({
  oxc,
  test: {
    // Most tests wait for a service or for a process: one worker, as vitest takes on two cores, leaves both cores idle.
    maxWorkers: Math.max(2, availableParallelism()),
    projects: [
      {
        oxc,
        test: {
          name: 'unit',
          include: [
            'src/**/*.spec.ts',
            'tools/**/*.spec.ts',
            'bench/**/*.spec.ts',
            'scripts/**/*.spec.ts',
            'test/workshop/**/*.spec.ts',
          ],
          environment: 'node',
          setupFiles: ['test/support/metadata.ts'],
        },
      },
      {
        oxc,
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          environment: 'node',
          setupFiles: ['test/support/metadata.ts'],
          globalSetup: ['test/support/services.global.ts'],
          pool: 'forks',
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
