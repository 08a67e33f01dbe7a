import { SetMetadata } from '@nestjs/common';
import type { Signal } from '../mongo/signals/signal.js';
import { cacheIdOf } from './cache-id.js';
import type { CacheService } from './cache.service.js';
import type { CachedThing } from './cached-thing.js';
import type { KeyedCache } from './keyed-cache.js';

export const cachedMetadata = 'nexus:cached';

/** What the answers of a method are kept under, and which signals end all of them. */
export interface CachedKey {
  /** Its keys are '<name>:<of the arguments>'. */
  readonly name: string;
  endedBy?(signal: Signal): boolean;
}

/** What CachedMethods finds on a method. */
export interface CachedMethod {
  /** From then on this instance's method goes through the cache. */
  connect(instance: object, cache: Pick<CacheService, 'of'>): void;
}

type Scalar = string | number | boolean | null | undefined;
/** What is left of a type that has been JSON; what cannot be is `never`. */
export type AfterJson<Type> = Type extends Scalar
  ? Type
  : Type extends Date | Function | symbol | bigint | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
    ? never
    : { [Field in keyof Type]: AfterJson<Type[Field]> };

/** Nothing when a value of the type comes back from Redis as what it was, else what no method is. */
export type Kept<Value> = [Value] extends [AfterJson<Value>] ? unknown : 'its value does not survive JSON';

/**
 * Keeps what a provider's method answers, for `ttl` seconds at most. Its arguments are the key, all of them, and of a
 * principal all that it may do: two users share an answer only where the method is told of neither. It runs outside of
 * any request and transaction, so there is nothing else by which it could tell them apart. A failure is not kept, a null
 * is. The answer is shared by all callers, and frozen. In a process without the cache, the method runs each time.
 */
export function Cached(ttl: number, { name, endedBy }: CachedKey) {
  return <Arguments extends unknown[], Value>(
    target: object,
    property: string,
    descriptor: TypedPropertyDescriptor<(...values: Arguments) => Promise<Value>> & Kept<Value>,
  ): void => {
    const load = descriptor.value;
    if (load === undefined) throw new Error(`${property} is no method`);
    const caches = new WeakMap<object, KeyedCache<Value, Value>>();
    const thing: CachedThing<Value> = {
      name,
      ttl,
      endedBy: (signal) => (endedBy?.(signal) === true ? '*' : undefined),
      codec: { store: (value) => value, restore: frozen },
    };
    descriptor.value = function (this: object, ...values: Arguments): Promise<Value> {
      const cache = caches.get(this);
      const run = async (): Promise<Value> => load.apply(this, values);
      return cache === undefined ? run() : cache.wrap(cacheIdOf(values), async () => frozen(await run()));
    };
    const method: CachedMethod = { connect: (instance, cache) => caches.set(instance, cache.of(thing)) };
    SetMetadata(cachedMetadata, method)(target, property, descriptor);
  };
}

/** With all that is in it: what many are given, none may change. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
