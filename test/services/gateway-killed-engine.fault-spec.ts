import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../tools/services/documentdb/engine.js';
import type { RunningService } from '../../tools/services/service.js';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';

const postgres = enginePostgres();

describe.skipIf(postgres === null)(`the gateway and a killed engine (${WITHOUT_ENGINE})`, () => {
  let folder = '';
  let engine: RunningService;
  let under: GatewayUnderTest;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'nexus-gateway-'));
    // As root the engine runs as another user, who must be able to pass through.
    chmodSync(folder, 0o711);
    engine = await startEngine({
      folder,
      durable: true,
      env: process.env,
      report: () => undefined,
      supervise: true,
    });
    const { postgresPort = 0, postgresPassword = '' } = engine;
    under = await openGateway('killed', {
      postgres: { host: '127.0.0.1', port: postgresPort, user: 'nexus', password: postgresPassword },
    });
  }, 240_000);
  afterAll(async () => {
    await under.close();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('loses no acknowledged write, and does none twice, under three SIGKILLs', async () => {
    const client = new MongoClient(under.gateway.uri, { serverSelectionTimeoutMS: 20_000 });
    const db = client.db(under.db.databaseName);
    const rows = db.collection<{ _id: string }>('rows');
    const counter = db.collection<{ _id: number; n: number }>('counter');
    await db.createCollection('rows');
    await counter.insertOne({ _id: 1, n: 0 });
    const acknowledged: string[] = [];
    let counted = 0;
    let uncertain = 0;
    let running = true;
    const writers = Array.from({ length: 12 }, async (_, writer) => {
      for (let i = 0; running; i += 1) {
        const _id = `${writer}-${i}`;
        await rows.insertOne({ _id }).then(
          () => acknowledged.push(_id),
          () => null,
        );
        if (writer === 0)
          await counter.updateOne({ _id: 1 }, { $inc: { n: 1 } }).then(
            () => (counted += 1),
            () => (uncertain += 1),
          );
      }
    });
    for (let kill = 0; kill < 3; kill += 1) {
      const before = acknowledged.length;
      await eventually(() => acknowledged.length > before + 100, 20_000);
      const pid = engine.processes().find(({ name }) => name === 'postgres')?.pid ?? 0;
      expect(pid).toBeGreaterThan(1);
      process.kill(pid, 'SIGKILL');
    }
    const before = acknowledged.length;
    await eventually(() => acknowledged.length > before + 100, 20_000);
    running = false;
    await Promise.all(writers);
    const stored = new Set((await rows.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id));
    expect(acknowledged.filter((_id) => !stored.has(_id))).toEqual([]);
    const n = (await counter.findOne({ _id: 1 }))?.n ?? -1;
    expect(n).toBeGreaterThanOrEqual(counted);
    expect(n).toBeLessThanOrEqual(counted + uncertain);
    await client.close();
  }, 90_000);
});
