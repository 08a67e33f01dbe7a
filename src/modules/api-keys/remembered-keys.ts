import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { SignalFeed } from '../../infrastructure/mongo/signals/signal-feed.js';
import type { Signal } from '../../infrastructure/mongo/signals/signal.js';
import type { VerifiedKey } from './verified-key.js';

const capacity = 10_000;

/**
 * The keys that this process has verified, by a hash of each, so that the next request needs no read. What a signal is
 * about is dropped: a key, all keys of a user, or, since any key may depend on any role, everything.
 */
@Injectable()
export class RememberedKeys implements OnModuleInit {
  private readonly keys = new LRUCache<string, VerifiedKey>({
    max: capacity,
    dispose: (key, hash) => this.forget(key, hash),
  });
  private readonly hashesOfUser = new Map<string, Set<string>>();
  private readonly hashOfKey = new Map<string, string>();
  private signals = 0;

  constructor(private readonly feed: SignalFeed) {}

  onModuleInit(): void {
    this.feed.onSignal((signal) => this.drop(signal));
  }

  /** Changes with each signal: what was read before must not be remembered after. */
  get moment(): number {
    return this.signals;
  }

  /** undefined, too, while this process can't know what has changed. */
  get(hash: string): VerifiedKey | undefined {
    return this.feed.isFresh ? this.keys.get(hash) : undefined;
  }

  /** Does nothing when a signal came since the moment at which the key was read. */
  set(hash: string, key: VerifiedKey, moment: number): void {
    if (moment !== this.signals || !this.feed.isFresh) return;
    const { keyId, userId } = key.principal;
    this.keys.set(hash, key);
    this.hashOfKey.set(keyId, hash);
    const others = this.hashesOfUser.get(userId);
    if (others === undefined) this.hashesOfUser.set(userId, new Set([hash]));
    else others.add(hash);
  }

  private drop({ kind, id }: Signal): void {
    if (kind === 'session') return;
    this.signals += 1;
    if (kind === 'role') this.keys.clear();
    if (kind === 'user') for (const hash of this.hashesOfUser.get(id) ?? []) this.keys.delete(hash);
    if (kind === 'api-key') this.keys.delete(this.hashOfKey.get(id) ?? '');
  }

  private forget({ principal: { keyId, userId } }: VerifiedKey, hash: string): void {
    this.hashOfKey.delete(keyId);
    const others = this.hashesOfUser.get(userId);
    others?.delete(hash);
    if (others?.size === 0) this.hashesOfUser.delete(userId);
  }
}
