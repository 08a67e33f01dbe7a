import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { standardOutput, type LineOutput } from './standard-output.js';

let folder: string;
let output: LineOutput;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nexus-output-'));
  // Left open, as standard output is: it is looked at for as long as the process lives.
  output = standardOutput(openSync(join(folder, 'lines'), 'w'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const written = (): string => readFileSync(join(folder, 'lines'), 'utf8');

describe('standard output', () => {
  it('writes few lines within a second', async () => {
    output.write('one\n');
    output.write('two\n');
    await vi.waitFor(() => expect(written()).toBe('one\ntwo\n'), { timeout: 1_000 });
  });

  it('writes all of many lines, whatever their characters, in their order', async () => {
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `${index} Zoë 🦊 ${'x'.repeat(index % 100)}\n`,
    );
    for (const line of lines) output.write(line);
    await vi.waitFor(() => expect(written()).toBe(lines.join('')), { timeout: 5_000 });
  });

  it('writes at once when it is told to, as before an exit', () => {
    output.write('the last one\n');
    output.flushSync();
    expect(written()).toBe('the last one\n');
  });
});
