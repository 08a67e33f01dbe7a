// Imported by a program under test: on SIGUSR2 it says which packages of OpenTelemetry it has loaded.
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

const { cache } = createRequire(import.meta.url);

process.on('SIGUSR2', () => {
  const names = Object.keys(cache).flatMap(
    (file) => /node_modules\/(@opentelemetry\/[^/]+)/.exec(file)?.[1] ?? [],
  );
  writeSync(1, `${JSON.stringify({ loaded: [...new Set(names)].toSorted() })}\n`);
});
