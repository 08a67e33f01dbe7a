import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

// Apart from `npm test`, because it installs everything twice: `npx vitest run --config test/workshop/image/vitest.config.ts`.
export default defineConfig({
  test: {
    root: resolve(import.meta.dirname, '../../..'),
    include: ['test/workshop/image/*.slow-spec.ts'],
    environment: 'node',
  },
});
