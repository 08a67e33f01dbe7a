/** Values that differ from run to run and are of one kind all the same. */
const kinds: readonly RegExp[] = [
  /^[0-9a-f]{24}$/,
  /^\d{4}-\d\d-\d\dT[\d:.]+Z$/,
  /^\d{4}-\d\d-\d\d$/,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
];

/**
 * In what an answer differs from the one that a guide shows: one line for each place. Ids and dates need only be some;
 * '...' in a shown text stands for anything, and a single shown item for all items of a list.
 */
export function differences(shown: unknown, real: unknown, path = '$'): string[] {
  if (Array.isArray(shown) && Array.isArray(real)) {
    const isOfOneKind = shown.length === 1 && real.length > 0;
    if (!isOfOneKind && shown.length !== real.length) return [`${path} has ${real.length} items`];
    return real.flatMap((item, index) =>
      differences(shown[index] ?? shown.at(-1), item, `${path}[${index}]`),
    );
  }
  if (isObject(shown) && isObject(real)) {
    const names = [...new Set([...Object.keys(shown), ...Object.keys(real)])];
    return names.flatMap((name) => differences(shown[name], real[name], `${path}.${name}`));
  }
  return isAlike(shown, real) ? [] : [`${path}: shown ${JSON.stringify(shown)}, was ${JSON.stringify(real)}`];
}

/** The same for lines of text, in which ids, and what is left of a limit, may be others. */
export function textDifferences(shown: string, real: string): string[] {
  const isSame = differences(plain(shown), plain(real)).length === 0;
  return isSame ? [] : [`shown:\n${shown}\nwas:\n${real}`];
}

function plain(text: string): string {
  return text
    .trim()
    .replaceAll('\r', '')
    .replaceAll(/(?<=\b[rt]=|retry-after: )\d+/g, '0');
}

function isAlike(shown: unknown, real: unknown): boolean {
  if (shown === real) return true;
  if (typeof shown !== 'string' || typeof real !== 'string') return false;
  if (shown.includes('...')) {
    const [begin = '', end = ''] = shown.split('...');
    return real.startsWith(begin) && real.endsWith(end);
  }
  return kinds.some((kind) => kind.test(shown) && kind.test(real));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
