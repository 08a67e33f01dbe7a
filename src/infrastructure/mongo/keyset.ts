import { trusted } from 'mongoose';
import type { CursorRequest, KeysetPosition, List, ListRequest, Sorting } from '../../common/pagination.js';

type Direction = 1 | -1;

function directionOf(sorting: Sorting<string>): Direction {
  return sorting.sortOrder === 'asc' ? 1 : -1;
}

/** Ties are broken by id in the same direction, so that one index serves the order. */
export function sortOf(sorting: Sorting<string>): Record<string, Direction> {
  return { [sorting.sortBy]: directionOf(sorting), _id: directionOf(sorting) };
}

/**
 * What comes after a position. The outer bound on the sorted field looks redundant; with it the scan starts at the
 * position instead of at the beginning of the index.
 */
export function keysetAfter<Field extends string>(request: CursorRequest<Field>, after: KeysetPosition) {
  const [beyond, from] = directionOf(request) === 1 ? ['$gt', '$gte'] : ['$lt', '$lte'];
  return {
    [request.sortBy]: trusted({ [from]: after.value }),
    $or: [{ [request.sortBy]: trusted({ [beyond]: after.value }) }, { _id: trusted({ [beyond]: after.id }) }],
  };
}

/** The conditions of a list, narrowed to the part of it that a cursor asks for. */
export function inPart<Conditions extends object, Field extends string>(
  request: ListRequest<Field>,
  conditions: Conditions,
) {
  return request.kind === 'cursor' && request.after !== undefined
    ? { $and: [conditions, keysetAfter(request, request.after)] }
    : conditions;
}

interface ListSource<Item> {
  find(skip: number, limit: number): Promise<Item[]>;
  count(): Promise<number>;
  valueOf(item: Item): KeysetPosition['value'];
}

/** Reads one page of either kind. A cursor page reads one item more than it shows to know whether there is a next. */
export async function listOf<Item extends { readonly id: string }>(
  request: ListRequest<string>,
  source: ListSource<Item>,
): Promise<List<Item>> {
  const { limit } = request;
  if (request.kind === 'page') {
    const skip = (request.page - 1) * limit;
    const [items, counted] = await Promise.all([source.find(skip, limit), source.count()]);
    const seen = skip + items.length;
    // The last page ends where the list does; what was counted may be older than what is shown.
    const isLast = items.length < limit && (items.length > 0 || skip === 0);
    const totalItems = isLast || (items.length > 0 && counted < seen) ? seen : counted;
    return { kind: 'page', items, page: request.page, limit, totalItems };
  }
  const found = await source.find(0, limit + 1);
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return {
    kind: 'cursor',
    items,
    limit,
    ...(found.length > limit && last && { next: { value: source.valueOf(last), id: last.id } }),
  };
}
