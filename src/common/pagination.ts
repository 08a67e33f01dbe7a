export type SortOrder = 'asc' | 'desc';

export interface Sorting<Field extends string> {
  readonly sortBy: Field;
  readonly sortOrder: SortOrder;
}

/** One numbered page of a list; `page` counts from 1. */
export interface PageRequest<Field extends string> extends Sorting<Field> {
  readonly kind: 'page';
  readonly page: number;
  readonly limit: number;
}

/** The part of a list that follows a position; `after` is absent for the first part. */
export interface CursorRequest<Field extends string> extends Sorting<Field> {
  readonly kind: 'cursor';
  readonly limit: number;
  readonly after?: KeysetPosition;
}

export type ListRequest<Field extends string> = PageRequest<Field> | CursorRequest<Field>;

/** Where a keyset page ended: the sorted field's value and the id that breaks ties. */
export interface KeysetPosition {
  readonly value: string | number | Date | null;
  readonly id: string;
}

export interface Page<Item> {
  readonly kind: 'page';
  readonly items: readonly Item[];
  readonly page: number;
  readonly limit: number;
  readonly totalItems: number;
}

export interface CursorPage<Item> {
  readonly kind: 'cursor';
  readonly items: readonly Item[];
  readonly limit: number;
  /** Absent on the last page. */
  readonly next?: KeysetPosition;
}

export type List<Item> = Page<Item> | CursorPage<Item>;
