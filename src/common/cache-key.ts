declare const brand: unique symbol;

/** '<thing>:<id>', or '<thing>:*' for all of a thing. */
export type CacheKey = string & { readonly [brand]: 'CacheKey' };

const format = /^[\w-]{1,40}:(?:\*|[\w.:@-]{1,160})$/;

export function isCacheKey(text: unknown): text is CacheKey {
  return typeof text === 'string' && format.test(text);
}

/** @throws Error when the parts make no key: 1 to 40 of [A-Za-z0-9_-], ':', 1 to 160 of [A-Za-z0-9_.:@-] or '*'. */
export function cacheKey(thing: string, id: string): CacheKey {
  const key = `${thing}:${id}`;
  if (!isCacheKey(key)) throw new Error(`no key of a cache: ${key}`);
  return key;
}
