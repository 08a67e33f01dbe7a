import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { Binary, Long } from 'bson';
import { MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { RawClient } from '../support/gateway/raw-client.js';

const PROGRAM = resolve('build/tools/services/documentdb/gateway/main.js');

describe.skipIf(enginePostgres() === null)(`the gateway as a process (${WITHOUT_ENGINE})`, () => {
  const started: ChildProcess[] = [];
  let under: GatewayUnderTest;

  beforeAll(async () => {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: run \`npm run build\` first`);
    under = await openGateway('process', { sqlConnections: 2 });
    await under.db.collection<{ _id: number; n: number }>('items').insertOne({ _id: 1, n: 0 });
  });
  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
  });
  afterAll(() => under.close());

  const args = (): string[] => [
    '--postgres-port',
    String(enginePostgres()?.port),
    '--postgres-user',
    'nexus',
  ];
  const env = { ...process.env, PGPASSWORD: enginePostgres()?.password ?? '' };

  async function start(): Promise<{ child: ChildProcess; port: number }> {
    const child = spawn(process.execPath, [PROGRAM, ...args()], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    started.push(child);
    const [line]: unknown[] = await once(child.stdout, 'data');
    const port = Number(/^ready (\d+)\n$/.exec(String(line))?.[1]);
    expect(port).toBeGreaterThan(0);
    return { child, port };
  }

  it('says when it is ready, serves, and ends on SIGTERM and SIGINT with clients connected', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { child, port } = await start();
      const client = await new MongoClient(`mongodb://127.0.0.1:${port}/?replicaSet=rs0`).connect();
      expect(await client.db(under.db.databaseName).collection('items').countDocuments()).toBe(1);
      child.kill(signal);
      expect(await once(child, 'exit')).toEqual([0, null]);
      await client.close();
    }
  });

  it('ends when its parent is gone', async () => {
    const { child } = await start();
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    const forked = fork(PROGRAM, args(), { env, execArgv: [] });
    started.push(forked);
    const [message]: unknown[] = await once(forked, 'message');
    expect(message).toEqual({ ready: expect.any(Number) });
    forked.disconnect();
    expect(await once(forked, 'exit')).toEqual([0, null]);
  });

  it('leaves no open transaction behind when it is killed', async () => {
    const { child, port } = await start();
    const client = await RawClient.open(port);
    const $db = under.db.databaseName;
    const transaction = {
      lsid: { id: new Binary(Buffer.alloc(16, 3), 4) },
      txnNumber: Long.fromNumber(1),
      autocommit: false,
    };
    const updates = [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }];
    expect(
      await client.command({ update: 'items', updates, ...transaction, startTransaction: true, $db }),
    ).toMatchObject({ nModified: 1 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    await under.db
      .collection<{ _id: number; n: number }>('items')
      .updateOne({ _id: 1 }, { $inc: { n: 10 } }, { maxTimeMS: 5_000 });
    expect(await under.db.collection<{ _id: number }>('items').findOne({ _id: 1 })).toMatchObject({ n: 10 });
    client.close();
  });

  it('refuses wrong arguments and an engine that is not there', async () => {
    const codes: unknown[] = [];
    for (const wrong of [
      ['--postgres-port', 'x'],
      ['--postgres-port', '1'],
    ]) {
      const child = spawn(process.execPath, [PROGRAM, ...wrong, '--postgres-user', 'nexus'], {
        env,
        stdio: 'ignore',
      });
      started.push(child);
      codes.push((await once(child, 'exit'))[0]);
    }
    expect(codes).toEqual([64, 1]);
    await eventually(() => true);
  });
});
