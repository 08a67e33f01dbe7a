import type { PipeTransform } from '@nestjs/common';
import type { IdParser } from '../common/ids.js';

/** Turns a path parameter into a branded id: `@Param('id', idPipe(userIds)) id: UserId`. A bad one is a 400. */
export function idPipe<Branded extends string>(ids: IdParser<Branded>): PipeTransform<string, Branded> {
  return { transform: (text) => ids.parse(text) };
}
