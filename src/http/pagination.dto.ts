import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class PagePagination {
  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  currentPage!: number;

  @ApiProperty({ type: 'integer', example: 5 })
  totalPages!: number;

  @ApiProperty({ type: 'integer', example: 42, description: 'May be up to 10 s old.' })
  totalItems!: number;

  @ApiProperty({ type: 'integer', example: 10 })
  itemsPerPage!: number;

  @ApiProperty()
  hasNextPage!: boolean;

  @ApiProperty()
  hasPrevPage!: boolean;
}

export class CursorPagination {
  @ApiProperty({ type: 'integer', example: 10 })
  itemsPerPage!: number;

  @ApiProperty()
  hasNextPage!: boolean;

  @ApiPropertyOptional({ description: 'Ask for the next part by ?cursor=<this>. Absent on the last one.' })
  nextCursor?: string;
}

export type Pagination = PagePagination | CursorPagination;
