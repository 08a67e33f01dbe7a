import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rememberedPort } from './ports.js';

let folder: string;
let server: Server | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ports-'));
});
afterEach(() => {
  server?.close();
  server = null;
  rmSync(folder, { recursive: true, force: true });
});

function occupy(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server = createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

describe('the ports of a folder', () => {
  it('stay the same from run to run, below those that outgoing connections use', async () => {
    const first = await rememberedPort(folder, 'redis');
    expect(first).toBeGreaterThanOrEqual(20_000);
    expect(first).toBeLessThan(32_000);
    expect(await rememberedPort(folder, 'redis')).toBe(first);
  });

  it('change when another program has taken one meanwhile', async () => {
    const first = await rememberedPort(folder, 'redis');
    await occupy(first);
    const second = await rememberedPort(folder, 'redis');
    expect(second).not.toBe(first);
    expect(await rememberedPort(folder, 'redis')).toBe(second);
  });
});
