import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { DomainError } from '../common/domain-error.js';
import { requestOf } from './of-context.js';

/** The ETag of a revision (RFC 9110, section 8.8.3): a strong one, because each change counts it up. */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/**
 * The revision that a change expects: from If-Match, undefined without one or for `*`.
 * @throws DomainError invalid for a malformed header, stale for tags that no revision of ours can have.
 */
export const ExpectedRevision = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const header = requestOf(context).headers['if-match'];
  return header === undefined ? undefined : expectedRevision(header);
});

export function expectedRevision(header: string): number | undefined {
  const text = header.trim();
  if (text === '*') return undefined;
  if (!/^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text)) {
    throw new DomainError('invalid', 'INVALID_IF_MATCH', 'If-Match must be * or one entity tag in quotes');
  }
  const [, digits] = /^"(\d{1,15})"$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new DomainError('stale', 'PRECONDITION_FAILED', 'The resource has another version');
  }
  return Number(digits);
}
