import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { forAll, forTheApi } from './node-options.js';

const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');

describe("node's options", () => {
  it('are in package.json those of npm start', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    expect(scripts['start:prod']).toBe(`exec node ${forTheApi.join(' ')} dist/main.js`);
    expect(scripts['start:worker']).toBe(`exec node ${forAll.join(' ')} dist/worker.js`);
  });

  it('are in the image those of npm start', () => {
    const command = JSON.stringify(['node', ...forTheApi, 'dist/main.js']).replaceAll('","', '", "');
    expect(textOf('Dockerfile')).toContain(`CMD ${command}`);
  });
});
