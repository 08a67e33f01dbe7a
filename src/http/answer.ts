import type { Pagination } from './pagination.dto.js';

/** What a handler returns; its envelope adds the status code and `success`. */
export class Answer<Data> {
  constructor(
    readonly message: string,
    readonly data: Data,
    readonly pagination?: Pagination,
  ) {}
}

export function answer<Data>(message: string, data: Data): Answer<Data> {
  return new Answer(message, data);
}
