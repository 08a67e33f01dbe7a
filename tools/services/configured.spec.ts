import { describe, expect, it } from 'vitest';
import { checkMongo, checkRedis, withoutPassword } from './configured.js';
import { freePort } from './ports.js';
import { ServiceUnavailableError } from './service.js';

describe('configured services', () => {
  it.each([
    ['mongodb://ann:se@cret@host:1/x', 'mongodb://ann:***@host:1/x'],
    ['redis://:secret@host', 'redis://:***@host'],
    ['mongodb://a.test,b.test/x?replicaSet=rs0', 'mongodb://a.test,b.test/x?replicaSet=rs0'],
  ])('shows %s as %s', (uri, shown) => {
    expect(withoutPassword(uri)).toBe(shown);
  });

  it.each([
    ['MONGODB_URI', (port: number) => checkMongo(`mongodb://ann:secret@127.0.0.1:${port}/x`, 300)],
    ['REDIS_URL', (port: number) => checkRedis(`redis://ann:secret@127.0.0.1:${port}`, 300)],
    ['MONGODB_URI', () => checkMongo('no address', 300)],
  ])('says which variable is wrong when nothing answers, and never the password', async (variable, check) => {
    const error = await check(await freePort()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ServiceUnavailableError);
    expect(String(error)).toContain(variable);
    expect(String(error)).toContain('does not answer');
    expect(String(error)).not.toContain('secret');
  });
});
