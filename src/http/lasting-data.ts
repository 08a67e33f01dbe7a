const written = new WeakMap<object, string>();

/**
 * For what is answered many times over: frozen, and written as JSON once for as long as it is held. What it contains
 * must not change either.
 */
export function lasting<Data extends object>(data: Data): Readonly<Data> {
  written.set(data, JSON.stringify(data));
  return Object.freeze(data);
}

/** Undefined for whatever is not declared as lasting. */
export function jsonOfLasting(data: unknown): string | undefined {
  return typeof data === 'object' && data !== null ? written.get(data) : undefined;
}
