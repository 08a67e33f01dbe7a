import { beforeEach, describe, expect, it } from 'vitest';
import { Clock } from '../../common/clock.js';
import { apiKeyIds, userIds } from '../../common/ids.js';
import type { PermissionName } from '../../common/principal.js';
import { peppers } from '../../config/peppers.js';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import type { ApiKey } from './api-key.js';
import { ApiKeyVerifier } from './api-key-verifier.js';
import { makeKey, prefixOf } from './key-format.js';
import { KeyHasher } from './key-hasher.js';
import { RememberedKeys } from './remembered-keys.js';

const userId = userIds.parse('665f1c2e9b1e8a0012345678');
const id = apiKeyIds.parse('665f1c2e9b1e8a001234567a');
const lifetime = 1_000_000;
const secretOf = (letter: string): string => `${letter}0123456789`.repeat(3);

function hasherOf(text: string): KeyHasher {
  return new KeyHasher({
    peppers: peppers('API_KEY_PEPPERS', { description: '', requiredInProduction: true }).parse(text),
  });
}

class MovableClock extends Clock {
  ahead = 0;
  override now(): Date {
    return new Date(Date.now() + this.ahead);
  }
}

/** Keys, users and roles in memory; each question is counted. */
class World {
  readonly clock = new MovableClock();
  readonly feed = new SignalFeed({ staleAfter: 10_000 });
  readonly remembered = new RememberedKeys(this.feed);
  readonly text = makeKey();
  key: ApiKey = {
    id,
    userId,
    name: 'test',
    prefix: prefixOf(this.text),
    permissions: ['users:read', 'audit:read'],
    allowedIps: [],
    rateLimit: { limit: 10, windowSeconds: 60 },
    quota: { limit: 5, period: 'day' },
    quotaId: id,
    lastUsedAt: null,
    expiresAt: new Date(Date.now() + lifetime),
    lifetime,
    endedAt: null,
    rotatedTo: null,
    revision: 1,
    createdAt: new Date(),
  };
  status: 'active' | 'suspended' = 'active';
  held: PermissionName[] = ['users:read', 'queues:read'];
  asked = 0;
  /** Runs while the key is being read. */
  meanwhile: () => void = () => undefined;
  readonly verifier: ApiKeyVerifier;

  constructor(hasher = hasherOf(`v1:${secretOf('a')}`), storedUnder = hasher.hash(this.text)) {
    const reads = <Value>(value: () => Value) => {
      this.asked += 1;
      return Promise.resolve().then(value);
    };
    this.verifier = new ApiKeyVerifier(
      {
        findByHash: (hashes) =>
          reads(() => {
            const found = hashes.includes(storedUnder) ? this.key : null;
            this.meanwhile();
            return found;
          }),
      },
      hasher,
      this.remembered,
      { accountOf: () => reads(() => ({ id: userId, status: this.status, roleIds: [] })) },
      { permissionsOf: () => reads(() => new Set(this.held)) },
      this.clock,
    );
    this.remembered.onModuleInit();
    this.feed.completeUntil(performance.now());
  }

  async permissions(): Promise<string[]> {
    const { principal } = await this.verifier.verify(this.text);
    return [...principal.permissions];
  }

  async code(text = this.text): Promise<string> {
    try {
      await this.verifier.verify(text);
      return 'right';
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  }
}

describe('ApiKeyVerifier', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('tells who comes with the key, and what both the key and its owner hold', async () => {
    expect(await world.verifier.verify(world.text)).toMatchObject({
      principal: {
        kind: 'apiKey',
        userId,
        keyId: id,
        permissions: new Set(['users:read']),
        rateLimit: { limit: 10, windowSeconds: 60 },
        quota: { limit: 5, period: 'day', quotaId: id },
      },
      networks: undefined,
      isReplaced: false,
    });
  });

  it('asks nobody about a key whose checksum is wrong, and about none that it remembers', async () => {
    const wrong = `${world.text.slice(0, -1)}${world.text.endsWith('a') ? 'b' : 'a'}`;
    for (const text of [wrong, 'sk_', 'nonsense']) expect(await world.code(text)).toBe('INVALID_API_KEY');
    expect(await world.code('')).toBe('API_KEY_REQUIRED');
    expect(world.asked).toBe(0);
    expect(await world.code()).toBe('right');
    expect(world.asked).toBe(3);
    expect(world.verifier.verify(world.text)).not.toBeInstanceOf(Promise);
    expect(world.asked).toBe(3);
  });

  it('reads once for many requests that come at the same time', async () => {
    await Promise.all(Array.from({ length: 50 }, async () => world.verifier.verify(world.text)));
    expect(world.asked).toBe(3);
  });

  it('refuses a right-looking key that nobody has, and remembers nothing of it', async () => {
    expect(await world.code(makeKey())).toBe('INVALID_API_KEY');
    expect(await world.code(makeKey())).toBe('INVALID_API_KEY');
  });

  it('refuses a key once its time is over, remembered or not', async () => {
    expect(await world.code()).toBe('right');
    world.clock.ahead = lifetime + 1;
    expect(await world.code()).toBe('API_KEY_EXPIRED');
    world.feed.receive({ kind: 'api-key', id }, 1_000);
    expect(await world.code()).toBe('API_KEY_EXPIRED');
  });

  it.each([
    ['the key', 'ends', (w: World) => (w.key = { ...w.key, endedAt: new Date() })],
    ['its owner', 'is suspended', (w: World) => (w.status = 'suspended')],
  ])('refuses the key when %s %s, from the signal on', async (_who, _what, change) => {
    expect(await world.code()).toBe('right');
    change(world);
    world.feed.receive({ kind: 'user', id: userId }, 1_000);
    expect(await world.code()).toBe('INVALID_API_KEY');
  });

  it.each([
    { kind: 'api-key', id } as const,
    { kind: 'user', id: userId } as const,
    { kind: 'role', id: '665f1c2e9b1e8a0012345670' } as const,
  ])('looks again after a signal of $kind', async (signal) => {
    expect(await world.permissions()).toEqual(['users:read']);
    world.held = ['audit:read'];
    expect(await world.permissions()).toEqual(['users:read']);
    world.feed.receive(JSON.parse(JSON.stringify(signal)), 1_000);
    expect(await world.permissions()).toEqual(['audit:read']);
  });

  it('keeps what it remembers at the signals of others', async () => {
    await world.permissions();
    world.feed.receive({ kind: 'user', id: userIds.parse('665f1c2e9b1e8a0012345671') }, 1_000);
    world.feed.receive({ kind: 'api-key', id: apiKeyIds.parse('665f1c2e9b1e8a0012345672') }, 1_000);
    expect(world.verifier.verify(world.text)).not.toBeInstanceOf(Promise);
  });

  it('remembers nothing that was read before a signal and would be remembered after it', async () => {
    world.meanwhile = () => world.feed.receive({ kind: 'api-key', id }, 1_000);
    await world.permissions();
    expect(world.verifier.verify(world.text)).toBeInstanceOf(Promise);
  });

  it('waits for no look that began before a signal', async () => {
    const before = world.verifier.verify(world.text);
    // Let it read, but not come to its end.
    await Promise.resolve();
    world.key = { ...world.key, endedAt: new Date() };
    world.feed.receive({ kind: 'api-key', id }, 1_000);
    expect(await world.code()).toBe('INVALID_API_KEY');
    expect((await before).principal.keyId).toBe(id);
  });

  it('goes by nothing that it remembers while it hears no signals', async () => {
    await world.permissions();
    world.feed.completeUntil(performance.now() - 11_000);
    const { asked } = world;
    await world.permissions();
    await world.permissions();
    expect(world.asked).toBe(asked + 6);
    world.feed.completeUntil(performance.now());
    await world.permissions();
    expect(world.verifier.verify(world.text)).not.toBeInstanceOf(Promise);
  });

  it('knows keys under every pepper of the list, and makes them under the first', async () => {
    const [old, fresh] = [`v1:${secretOf('a')}`, `v2:${secretOf('b')}`];
    const text = makeKey();
    expect(hasherOf(`${fresh},${old}`).hash(text)).toMatch(/^v2:[\w-]{43}$/);
    expect(hasherOf(`${fresh},${old}`).hash(text)).toBe(hasherOf(fresh).hash(text));
    const rotated = new World(hasherOf(`${fresh},${old}`));
    const known = hasherOf(old).hash(rotated.text);
    expect(hasherOf(`${fresh},${old}`).candidates(rotated.text)).toContain(known);
    expect(hasherOf(fresh).candidates(rotated.text)).not.toContain(known);
  });
});
