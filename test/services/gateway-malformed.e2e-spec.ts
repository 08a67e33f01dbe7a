import { serialize } from 'bson';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  eventually,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';
import { frame, msg, msgBody, RawClient } from '../support/gateway/raw-client.js';

const OP_MSG = 2013;

/** Numbers from 0 to 1 that are the same in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.skipIf(enginePostgres() === null)(`the gateway and broken bytes (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  let bystander: RawClient;

  beforeAll(async () => {
    under = await openGateway('malformed', { stallMs: 300 });
    bystander = await RawClient.open(under.gateway.port);
  });
  afterAll(async () => {
    bystander.close();
    await under.close();
  });

  const ping = { ping: 1, $db: 'admin' };
  const body = msgBody(ping);
  const flagged = Buffer.from(body);
  flagged.writeUInt32LE(4, 0);
  const cutDocument = Buffer.from(body);
  cutDocument.writeInt32LE(9_999, 5);
  const negativeDocument = Buffer.from(body);
  negativeDocument.writeInt32LE(-1, 5);
  const twice = Buffer.concat([body, body.subarray(4)]);
  const unknownKind = Buffer.from(body);
  unknownKind[4] = 9;
  const badType = Buffer.from(serialize({ ping: 1, $db: 'admin', x: 1 }));
  badType[badType.indexOf('x') - 1] = 0x77;
  const cases: [string, Buffer][] = [
    ['a negative length', frame(OP_MSG, body, 1, -5)],
    ['a length of nothing', frame(OP_MSG, body, 1, 0)],
    ['a length of less than the header', frame(OP_MSG, body, 1, 15)],
    ['a length of 2 GB', frame(OP_MSG, body, 1, 0x7fffffff)],
    ['an unknown opcode', frame(4_242, body)],
    ['the opcode of compression', frame(2_012, body)],
    ['a flag that must be known', frame(OP_MSG, flagged)],
    ['no section at all', frame(OP_MSG, Buffer.alloc(4))],
    ['a command longer than its message', frame(OP_MSG, cutDocument)],
    ['a command of negative length', frame(OP_MSG, negativeDocument)],
    ['two commands', frame(OP_MSG, twice)],
    ['a section of unknown kind', frame(OP_MSG, unknownKind)],
    ['an element of unknown type', frame(OP_MSG, Buffer.concat([Buffer.alloc(5), badType]))],
    ['an empty command', frame(OP_MSG, msgBody({}))],
    [
      'an old query that is none',
      frame(2_004, Buffer.concat([Buffer.alloc(4), Buffer.from('a.b\0'), Buffer.alloc(30)])),
    ],
    ['text', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ];

  it.each(cases)('cuts off whoever sends %s, and nobody else', async (_, bytes) => {
    const client = await RawClient.open(under.gateway.port);
    client.send(bytes);
    await client.closed;
    expect(await bystander.command(ping)).toEqual({ ok: 1 });
  });

  it('cuts off who stalls in the middle of a message, not who waits between two', async () => {
    const client = await RawClient.open(under.gateway.port);
    const whole = msg(ping);
    client.send(whole.subarray(0, 20));
    await client.closed;
    expect(await bystander.command(ping)).toEqual({ ok: 1 });
  });

  it('claims no memory for lengths that are only claimed', async () => {
    const before = process.memoryUsage();
    const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(under.gateway.port)));
    for (const client of clients) client.send(frame(OP_MSG, Buffer.alloc(1_000), 1, 47_000_000));
    expect(await bystander.command(ping)).toEqual({ ok: 1 });
    const { rss } = process.memoryUsage();
    expect(rss - before.rss).toBeLessThan(100e6);
    for (const client of clients) client.close();
  });

  it('survives thousands of damaged messages', async () => {
    const random = seeded(20_261_123);
    const below = (limit: number): number => Math.floor(random() * limit);
    const $db = under.db.databaseName;
    const whole = [
      msg({ find: 'fuzz', filter: { a: 1, b: { $in: ['x', 2] } }, sort: { a: 1 }, $db }),
      msg({ insert: 'fuzz', documents: [{ a: 1, b: 'text', c: { d: [1, 2, 3] } }], $db }),
      msg({ update: 'fuzz', updates: [{ q: { a: 1 }, u: { $set: { b: 2 } } }], $db }),
      msg({ aggregate: 'fuzz', pipeline: [{ $match: { a: 1 } }], cursor: {}, $db }),
      msg({ getMore: 5n, collection: 'fuzz', $db }),
      msg({ killCursors: 'fuzz', cursors: [5n], $db }),
      frame(OP_MSG, msgBody({ insert: 'fuzz', $db }, { name: 'documents', documents: [{ a: 1 }, { a: 2 }] })),
    ];
    const damaged = (): Buffer => {
      const bytes = Buffer.from(whole[below(whole.length)] ?? []);
      const kind = below(10);
      if (kind === 0) return Buffer.from(Array.from({ length: 1 + below(200) }, () => below(256)));
      for (let changes = 1 + below(3); changes > 0; changes -= 1) {
        bytes[kind < 6 ? 16 + below(bytes.length - 16) : below(bytes.length)] = below(256);
      }
      return kind === 9 ? bytes.subarray(0, below(bytes.length)) : bytes;
    };
    for (let round = 0; round < 60; round += 1) {
      const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(under.gateway.port)));
      for (const client of clients) client.send(damaged());
      // Whoever is neither answered nor cut off by now sent half a message.
      await Promise.all(
        clients.map((client) => Promise.race([client.reply().catch(() => null), bystanderAnswers()])),
      );
      for (const client of clients) client.close();
    }
    await eventually(() => under.gateway.counts().clients <= 5);
    expect(await bystander.command(ping)).toEqual({ ok: 1 });
    expect(under.gateway.counts()).toMatchObject({ transactions: 0, pinned: 0 });
  });

  let last: Promise<unknown> = Promise.resolve();
  function bystanderAnswers(): Promise<unknown> {
    last = last.then(() => bystander.command(ping));
    return last;
  }
});
