import { minuteOf, type Letter } from '../../notifications/worker/letter.js';
import type { ApiKey } from '../api-key.js';

/** The mail about a key that ends soon: enough to find it by, and nothing of its secret. */
export function expiryLetter(owner: string, { name, prefix, expiresAt }: ApiKey): Letter {
  return {
    subject: `Your API key "${name}" ends soon`,
    blocks: [
      `Hello ${owner},`,
      `your API key "${name}", which begins with ${prefix}, ends on ${minuteOf(expiresAt)}. Requests with it are refused from then on.`,
      'Rotate it before that: its successor has the same rights, and the old key goes on working for as long as you choose, up to 7 days.',
      'If nothing uses the key any more, you need not do anything.',
    ],
  };
}
