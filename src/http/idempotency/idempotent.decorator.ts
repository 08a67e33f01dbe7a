import { applyDecorators, SetMetadata, UseInterceptors } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { IdempotencyInterceptor, shownOnceMetadata } from './idempotency.interceptor.js';
import type { ShownOnce } from './kept-answer.js';

/**
 * The handler takes an Idempotency-Key: for every POST that needs a login or an API key. It returns an Answer, and
 * what it changes, it changes in the database, by units of work: they join the one that stores the answer.
 */
export function Idempotent({ shownOnce }: { readonly shownOnce?: ShownOnce } = {}): MethodDecorator {
  return applyDecorators(
    ...(shownOnce === undefined ? [] : [SetMetadata(shownOnceMetadata, shownOnce)]),
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Sent again within 24 h with the same request, the first answer is given again, with Idempotency-Replayed: true.',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    }),
  );
}
