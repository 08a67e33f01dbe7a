import { getConnectionToken } from '@nestjs/mongoose';
import { Connection } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseIndexes } from '../../src/infrastructure/mongo/database-indexes.js';
import { startApi, type RunningApi } from '../support/app.js';
import { probe, untilStatus } from './proxied.js';

let api: RunningApi;
let indexes: DatabaseIndexes;
let connection: Connection;

beforeAll(async () => {
  api = await startApi({ MONGODB_AUTO_INDEX: 'false' });
  indexes = api.app.get(DatabaseIndexes, { strict: false });
  connection = api.app.get<Connection>(getConnectionToken(), { strict: false });
});

afterAll(() => api.close());

describe('an API whose database lacks indexes', () => {
  it('is not ready and names them, until they are there', async () => {
    const without = await probe(api.url, '/health/ready');
    expect(without.status).toBe(503);
    expect(without.body).toMatchObject({ status: 'error', error: { indexes: { status: 'down' } } });
    expect(without.body.error?.indexes?.missing).toContain('users.email_1');

    await indexes.create();
    const ready = await untilStatus(api.url, '/health/ready', 200, 10_000);
    expect(ready.body.details?.indexes).toEqual({ status: 'up' });
  });

  it('knows every kind of index that the schemas declare: each one that is dropped is missed by its name', async () => {
    await indexes.create();
    expect(await indexes.missing()).toEqual([]);

    for (const collection of await connection.listCollections()) {
      for (const { name } of await connection.collection(collection.name).listIndexes().toArray()) {
        if (name === '_id_' || typeof name !== 'string') continue;
        await connection.collection(collection.name).dropIndex(name);
        expect(await indexes.missing()).toEqual([`${collection.name}.${name}`]);
        await indexes.create();
      }
    }
    expect(await indexes.missing()).toEqual([]);
  });

  it('misses an index of the same name that is defined otherwise', async () => {
    await indexes.create();
    const users = connection.collection('users');
    await users.dropIndex('email_1');
    await users.createIndex({ email: 1 }, { name: 'email_1' });
    expect(await indexes.missing()).toEqual(['users.email_1']);
  });
});
