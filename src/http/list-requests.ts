import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import type { List, ListRequest, Page } from '../common/pagination.js';
import { Answer } from './answer.js';
import { CursorCodec, type CursorScope } from './cursor-codec.js';
import { maximumSkip, type ListQuery } from './list-query.dto.js';
import type { PagePagination, Pagination } from './pagination.dto.js';

function refuse(path: string, message: string): DomainError {
  return new DomainError('invalid', 'VALIDATION_FAILED', message, { errors: [{ path, message }] });
}

/** What a service understands, with the name of the list, which its cursors are bound to. */
export type NamedListRequest<Field extends string> = ListRequest<Field> & CursorScope;

/** From a list's query to what a service understands, and from its result to the answer. */
@Injectable()
export class ListRequests {
  constructor(private readonly cursors: CursorCodec) {}

  /** @throws DomainError invalid for a page together with a cursor, a page too deep, or a foreign cursor. */
  read<Field extends string>(
    list: string,
    query: ListQuery<Field>,
    defaultSort: Field,
  ): NamedListRequest<Field> {
    const { page = 1, limit = 10, sortOrder = 'desc', sortBy = defaultSort, cursor } = query;
    const scope = { list, sortBy, sortOrder };
    if (cursor === undefined) {
      if ((page - 1) * limit > maximumSkip) {
        throw refuse('page', `page is too deep: beyond ${maximumSkip} items, read on by ?cursor=`);
      }
      return { kind: 'page', page, limit, ...scope };
    }
    if (query.page !== undefined) throw refuse('page', 'page and cursor cannot be used together');
    return {
      kind: 'cursor',
      limit,
      ...scope,
      ...(cursor !== '' && { after: this.cursors.decode(cursor, scope) }),
    };
  }

  answer<Item, Shown>(
    message: string,
    list: List<Item>,
    request: NamedListRequest<string>,
    show: (item: Item) => Shown,
  ): Answer<Shown[]> {
    return new Answer(message, list.items.map(show), this.paginationOf(list, request));
  }

  private paginationOf(list: List<unknown>, request: CursorScope): Pagination {
    if (list.kind === 'page') return pagePagination(list);
    return {
      itemsPerPage: list.limit,
      hasNextPage: list.next !== undefined,
      ...(list.next && { nextCursor: this.cursors.encode(list.next, request) }),
    };
  }
}

export function pagePagination(list: Page<unknown>): PagePagination {
  const totalPages = Math.ceil(list.totalItems / list.limit);
  return {
    currentPage: list.page,
    totalPages,
    totalItems: list.totalItems,
    itemsPerPage: list.limit,
    hasNextPage: list.page < totalPages,
    hasPrevPage: list.page > 1,
  };
}
