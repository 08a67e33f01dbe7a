/** Undefined until it was asked for. */
const written = new WeakMap<object, string | undefined>();

/**
 * For what is answered many times over: frozen, and written as JSON once for as long as it is held. What it contains
 * must not change either.
 */
export function lasting<Data extends object>(data: Data): Readonly<Data> {
  written.set(data, undefined);
  return Object.freeze(data);
}

/** Undefined for whatever is not declared as lasting. */
export function jsonOfLasting(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  const known = written.get(data);
  if (known !== undefined || !written.has(data)) return known;
  const json = JSON.stringify(data);
  written.set(data, json);
  return json;
}
