import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../../tools/services/documentdb/engine.js';
import type { RunningService } from '../../tools/services/service.js';
import {
  enginePostgres,
  eventually,
  failureOf,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { lossyProxy } from '../support/gateway/lossy-proxy.js';
import { RawClient } from '../support/gateway/raw-client.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const postgres = enginePostgres();

describe.skipIf(postgres === null)(`the gateway while the engine is away (${WITHOUT_ENGINE})`, () => {
  const address = postgres ?? { host: '', port: 0, user: '' };
  const ends: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function through(port: number, name: string): Promise<GatewayUnderTest> {
    const under = await openGateway(name, { postgres: { ...address, port }, sqlConnections: 4 });
    ends.push(() => under.close());
    return under;
  }

  it('is no primary meanwhile, so that drivers wait, and goes on by itself afterwards', async () => {
    const proxy = await TcpProxy.to(address.host, address.port);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'away');
    const items = under.db.collection('items');
    await items.insertOne({ n: 1 });
    const raw = await RawClient.open(under.gateway.port);
    await proxy.cut();
    await eventually(
      async () => (await raw.command({ hello: 1, $db: 'admin' }))['isWritablePrimary'] === false,
    );
    expect(await raw.command({ find: 'items', $db: under.db.databaseName })).toMatchObject({
      ok: 0,
      code: 91,
    });
    expect(await raw.command({ ping: 1, $db: 'admin' })).toMatchObject({ ok: 0, code: 91 });
    const waiting = [
      items.insertOne({ n: 2 }),
      items.findOne({ n: 1 }),
      items.updateOne({ n: 1 }, { $inc: { m: 1 } }),
    ];
    await new Promise((resolve) => setTimeout(resolve, 300));
    await proxy.restore();
    await Promise.all(waiting);
    expect(await items.find().sort({ n: 1 }).toArray()).toMatchObject([{ n: 1, m: 1 }, { n: 2 }]);
    expect(await raw.command({ hello: 1, $db: 'admin' })).toMatchObject({ isWritablePrimary: true });
    expect(under.lines.join('\n')).toMatch(/the engine is away: .*\n(.*\n)*.*the engine answers again/);
    raw.close();
  });

  it('ends the transactions that were open, as ones to be tried again', async () => {
    const proxy = await TcpProxy.to(address.host, address.port);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'broken');
    const items = under.db.collection<{ _id: number; n: number }>('items');
    await items.insertOne({ _id: 1, n: 0 });
    const session = under.client.startSession();
    session.startTransaction();
    await items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    await proxy.cut();
    await proxy.restore();
    const failure = await failureOf(items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
    expect(failure['errorLabelSet']).toContain('TransientTransactionError');
    await session.abortTransaction();
    await session.withTransaction(() => items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session }));
    await session.endSession();
    expect(await items.findOne({ _id: 1 })).toMatchObject({ n: 1 });
    expect(under.gateway.counts()).toMatchObject({ transactions: 0, pinned: 0 });
  });

  it('finds out whether a commit was done whose answer was lost', async () => {
    // The whole of a simple query's message, length and all: `autocommit` is in every statement.
    const proxy = await lossyProxy(address.port, '\x0bcommit\0', 1);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'commit');
    const items = under.db.collection<{ _id: number; n: number }>('items');
    await items.insertOne({ _id: 1, n: 0 });
    let runs = 0;
    const session = under.client.startSession();
    await session.withTransaction(async () => {
      runs += 1;
      await items.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
    });
    await session.endSession();
    expect({ runs, lost: proxy.lost(), found: await items.findOne({ _id: 1 }) }).toMatchObject({
      runs: 1,
      lost: 1,
      found: { n: 1 },
    });
  });

  it.each(['insert', 'update', 'findandmodify', 'several'])('does lost writes once: %s', async (kind) => {
    // The name of the prepared statement as it stands in the message that runs it, or a whole commit's message.
    const proxy = await lossyProxy(address.port, kind === 'several' ? '\x0bcommit\0' : `\0${kind}\0`, 2);
    ends.push(() => proxy.close());
    const under = await through(proxy.port, 'losing');
    const items = under.db.collection<{ _id: number; n: number; text?: string }>('items');
    const add = { $inc: { n: 1 } };
    const write = (i: number): Promise<unknown> => {
      if (kind === 'insert') return items.insertOne({ n: i, text: 'a', _id: 10 + i });
      if (kind === 'update') return items.updateOne({ _id: 1 }, add);
      if (kind === 'findandmodify') return items.findOneAndUpdate({ _id: 1 }, add);
      return items.bulkWrite([1, 2, 1].map((_id) => ({ updateOne: { filter: { _id }, update: add } })));
    };
    await items.insertOne({ _id: 1, n: 0 });
    await items.insertOne({ _id: 2, n: 0 });
    for (let i = 0; i < 6; i += 1) await write(i);
    expect(proxy.lost()).toBeGreaterThan(1);
    const added = { insert: 0, update: 6, findandmodify: 6, several: 12 }[kind];
    expect(await items.findOne({ _id: 1 })).toMatchObject({ n: added });
    expect(await items.countDocuments()).toBe(kind === 'insert' ? 8 : 2);
  });
});

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
  }, 120_000);
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
