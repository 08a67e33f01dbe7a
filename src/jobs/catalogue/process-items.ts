import { ApiProperty } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayMinSize, IsArray } from 'class-validator';
import { jobType } from './job-type.js';

export class ProcessItemsPayload {
  @ApiProperty({
    type: 'array',
    items: {},
    minItems: 1,
    maxItems: 10_000,
    description: 'Any JSON values.',
    example: [{ sku: 'A-1', quantity: 2 }],
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10_000)
  items!: unknown[];
}

/** Takes in a list, item by item. */
export const processItems = jobType({
  name: 'process-items',
  queue: 'data-processing',
  payload: ProcessItemsPayload,
  access: 'public',
  permission: 'queues:enqueue',
  shows: ['items'],
  timeout: 10 * 60_000,
});
