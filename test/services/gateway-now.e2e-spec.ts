import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  enginePostgres,
  openGateway,
  WITHOUT_ENGINE,
  type GatewayUnderTest,
} from '../support/gateway/engine.js';

describe.skipIf(enginePostgres() === null)(`the server's own time (${WITHOUT_ENGINE})`, () => {
  let under: GatewayUnderTest;
  beforeAll(async () => {
    under = await openGateway('now');
  });
  afterAll(() => under.close());

  it('is there for updates of one document by 12 at once, none of which fails or is lost', async () => {
    const clocks = under.db.collection<{ _id: string; count: number; at?: Date }>('clocks');
    await clocks.insertOne({ _id: 'one', count: 0 });
    const updates = [{ $set: { at: '$$NOW', count: { $add: ['$count', 1] } } }];
    const rounds = Array.from({ length: 20 });
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        for (const _ of rounds) await clocks.findOneAndUpdate({ _id: 'one' }, updates);
      }),
    );
    expect(await clocks.findOne({ _id: 'one' })).toEqual({ _id: 'one', count: 240, at: expect.any(Date) });
  });
});
