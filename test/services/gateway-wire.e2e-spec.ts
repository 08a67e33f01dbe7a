import { serialize } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../../tools/services/documentdb/gateway/index.js';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { frame, msg, msgBody, RawClient } from '../support/gateway/raw-client.js';

const OP_MSG = 2013;
const OP_QUERY = 2004;
const OP_REPLY = 1;
const MORE_TO_COME = 2;
const CHECKSUM = 1;
const EXHAUST_ALLOWED = 0x10000;

describe.skipIf(enginePostgres() === null)(`the gateway's wire protocol (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  const opened: RawClient[] = [];
  const raw = async (): Promise<RawClient> => {
    const client = await RawClient.open(under.gateway.port);
    opened.push(client);
    return client;
  };

  beforeAll(async () => {
    under = await openGateway('wire', { maxConnections: 20 });
  });
  afterAll(async () => {
    for (const client of opened) client.close();
    await under.close();
  });

  it('answers the old form of a first hello in the old form', async () => {
    const client = await raw();
    const head = Buffer.concat([Buffer.alloc(4), Buffer.from('admin.$cmd\0'), Buffer.alloc(8)]);
    client.send(frame(OP_QUERY, Buffer.concat([head, serialize({ ismaster: 1, helloOk: true })]), 7));
    const { opcode, responseTo, document } = await client.reply();
    expect({ opcode, responseTo }).toEqual({ opcode: OP_REPLY, responseTo: 7 });
    expect(document).toMatchObject({ ismaster: true, setName: 'rs0', maxWireVersion: 21, ok: 1 });
    expect(document['hosts']).toEqual([`127.0.0.1:${under.gateway.port}`]);
  });

  it('offers no compression and no authentication, whatever a hello asks for', async () => {
    const client = await raw();
    const document = await client.command({
      hello: 1,
      compression: ['zstd', 'snappy'],
      saslSupportedMechs: 'admin.someone',
      speculativeAuthenticate: { saslStart: 1, mechanism: 'SCRAM-SHA-256', payload: Buffer.alloc(4) },
      $db: 'admin',
    });
    expect(document).toMatchObject({ isWritablePrimary: true, ok: 1 });
    expect(Object.keys(document)).not.toEqual(
      expect.arrayContaining(['compression', 'saslSupportedMechs', 'speculativeAuthenticate']),
    );
  });

  it('takes documents within the command and beside it', async () => {
    const client = await raw();
    const $db = under.db.databaseName;
    expect(await client.command({ insert: 'kinds', documents: [{ _id: 1 }, { _id: 2 }], $db })).toMatchObject(
      { n: 2 },
    );
    const documents = [{ _id: 3 }, { _id: 4 }, { _id: 5 }];
    client.send(frame(OP_MSG, msgBody({ insert: 'kinds', $db }, { name: 'documents', documents })));
    expect((await client.reply()).document).toMatchObject({ n: 3, ok: 1 });
    client.send(frame(OP_MSG, msgBody({ insert: 'kinds', $db }, { name: 'frobs', documents })));
    expect((await client.reply()).document).toMatchObject({ ok: 0, code: 40415 });
    expect(await under.db.collection('kinds').countDocuments()).toBe(5);
  });

  it('reads a message whose checksum is present, and one that allows an exhaust answer', async () => {
    const client = await raw();
    client.send(
      frame(
        OP_MSG,
        Buffer.concat([msgBody({ ping: 1, $db: 'admin' }, undefined, CHECKSUM), Buffer.alloc(4)]),
      ),
    );
    expect((await client.reply()).document).toEqual({ ok: 1 });
    client.send(msg({ ping: 1, $db: 'admin' }, 2, EXHAUST_ALLOWED));
    expect(await client.reply()).toMatchObject({ responseTo: 2, document: { ok: 1 } });
  });

  it('does not answer an unacknowledged write, and does it', async () => {
    const client = await raw();
    const $db = under.db.databaseName;
    client.send(
      msg({ insert: 'quiet', documents: [{ _id: 1 }], writeConcern: { w: 0 }, $db }, 1, MORE_TO_COME),
    );
    client.send(
      msg({ insert: 'quiet', documents: [{ _id: 1 }], writeConcern: { w: 0 }, $db }, 2, MORE_TO_COME),
    );
    client.send(msg({ count: 'quiet', $db }, 3));
    expect(await client.reply()).toMatchObject({ responseTo: 3, document: { n: 1 } });
    await under.db.collection('quiet').insertOne({ a: 1 }, { writeConcern: { w: 0 } });
    await eventually(async () => (await under.db.collection('quiet').countDocuments()) === 2);
  });

  it('answers in the order of the requests, split and joined as TCP likes', async () => {
    const client = await raw();
    const $db = under.db.databaseName;
    const stream = Buffer.concat(
      Array.from({ length: 200 }, (_, i) =>
        msg(i % 3 === 0 ? { count: 'order', $db } : { ping: 1, $db }, i + 1),
      ),
    );
    const cuts = [1, 3, 17, 20, 1_000, 4_097];
    for (const [index, cut] of cuts.entries()) client.send(stream.subarray(cuts[index - 1] ?? 0, cut));
    client.send(stream.subarray(4_097));
    const order: number[] = [];
    for (let left = 200; left > 0; left -= 1) order.push((await client.reply()).responseTo);
    expect(order).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  });

  it('carries documents of 16 MB both ways, and refuses larger ones by name', async () => {
    const collection = under.db.collection('large');
    const room = 16 * 1024 * 1024 - serialize({ _id: 1, text: '' }).length;
    const text = 'é'.repeat(Math.floor(room / 2)) + (room % 2 === 1 ? 'x' : '');
    await collection.insertOne({ _id: 1 as never, text });
    const found = await collection.findOne({ _id: 1 as never });
    expect(found?.['text'] === text).toBe(true);
    const client = await raw();
    const $db = under.db.databaseName;
    const tooLarge = { _id: 2, text: `${text}é` };
    client.send(
      frame(OP_MSG, msgBody({ insert: 'large', $db }, { name: 'documents', documents: [tooLarge] })),
    );
    expect((await client.reply()).document).toMatchObject({
      ok: 0,
      code: 10334,
      codeName: 'BSONObjectTooLarge',
    });
    expect(await client.command({ ping: 1, $db })).toEqual({ ok: 1 });
  });

  it('takes a message of almost 48 MB and no larger one', async () => {
    const client = await raw();
    const $db = under.db.databaseName;
    const documents = [1, 2, 3].map((_id) => ({ _id, text: 'x'.repeat(15_900_000) }));
    client.send(frame(OP_MSG, msgBody({ insert: 'heavy', $db }, { name: 'documents', documents })));
    expect((await client.reply()).document).toMatchObject({ n: 3, ok: 1 });
    client.send(frame(OP_MSG, Buffer.alloc(100), 1, 48_000_001));
    await client.closed;
  });

  it('does not read on from a client that does not take its answers off', async () => {
    await under.db.collection('page').insertOne({ text: 'x'.repeat(1_000_000) });
    const client = await raw();
    client.socket.pause();
    const request = msg({ find: 'page', $db: under.db.databaseName });
    const before = process.memoryUsage().rss;
    let held = false;
    for (let sent = 0; sent < 2_000 && !held; sent += 1) held = !client.socket.write(request);
    for (let sent = 0; sent < 2_000; sent += 1) client.socket.write(request);
    await under.db.collection('page').countDocuments();
    // 4,000 answers of 1 MB would be 4 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    client.close();
    await eventually(async () => (await under.db.command({ ping: 1 }))['ok'] === 1);
  });

  it('takes no more connections than it may, and listens on loopback only', async () => {
    const many = await Promise.all(Array.from({ length: 25 }, () => RawClient.open(under.gateway.port)));
    opened.push(...many);
    await eventually(() => many.some((client) => client.socket.destroyed || client.socket.readableEnded));
    expect(under.gateway.counts().clients).toBeLessThanOrEqual(20);
    for (const client of many) client.close();
    await eventually(async () => (await under.db.command({ ping: 1 }))['ok'] === 1);
    const postgres = enginePostgres();
    if (postgres === null) throw new Error(WITHOUT_ENGINE);
    await expect(startGateway({ postgres, host: '0.0.0.0' })).rejects.toThrow('loopback only');
  });
});
