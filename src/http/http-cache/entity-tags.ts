import { createHash } from 'node:crypto';

/**
 * The Cache-Control of what is tagged. Whoever has an answer asks each time whether it still holds: only so a revocation, a
 * lost permission and a change are seen at once, in the client's cache as well. It is the content that is not sent again.
 */
export const askAgain = 'private, max-age=0, must-revalidate';

/**
 * The entity tag of an answer (RFC 9110, section 8.8.3), of its content: a weak one, because the same answer may go out
 * compressed. The tags of versions are strong (src/http/revision.ts): those are for If-Match, which no weak one ever
 * fits, and they say nothing of what an answer shows beside the version, such as the name of a role.
 */
export function contentTag(content: string): string {
  return `W/"${createHash('sha256').update(content).digest('base64url').slice(0, 22)}"`;
}

/** Whether If-None-Match names the tag, by the weak comparison (RFC 9110, sections 8.8.3.2 and 13.1.2). */
export function isNamed(tag: string, ifNoneMatch: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  // A tag may hold commas, so that the list cannot be split at them.
  const named = [...ifNoneMatch.matchAll(/"[^"]*"/g)];
  const opaque = tag.replace(/^W\//, '');
  return named.some(([other]) => other === opaque);
}
