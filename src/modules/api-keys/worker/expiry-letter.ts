import type { Recipient } from '../../notifications/recipient-directory.js';
import { greeting, minuteOf, type Letter } from '../../notifications/worker/letter.js';
import type { ApiKey } from '../api-key.js';

/**
 * The mail about a key that ends soon: enough to find it by, and nothing of its secret. An address that nobody has
 * confirmed does not read the key's name either: whoever registered chose it, as words for its mailbox.
 */
export function expiryLetter(
  owner: Pick<Recipient, 'name' | 'emailVerified'>,
  { name, prefix, expiresAt }: Pick<ApiKey, 'name' | 'prefix' | 'expiresAt'>,
): Letter {
  const called = owner.emailVerified
    ? `"${name}", which begins with ${prefix},`
    : `that begins with ${prefix}`;
  return {
    subject: owner.emailVerified ? `Your API key "${name}" ends soon` : 'Your API key ends soon',
    blocks: [
      greeting(owner.name),
      `your API key ${called} ends on ${minuteOf(expiresAt)}. Requests with it are refused from then on.`,
      'Rotate it before that: its successor has the same rights, and the old key goes on working for as long as you choose, up to 7 days.',
      'If nothing uses the key any more, you need not do anything.',
    ],
  };
}
