import { rateLimit } from './rate-limit.js';
import { section } from './section.js';

export const limitsConfig = section('limits', {
  anonymous: rateLimit('RATE_LIMIT_ANONYMOUS', {
    default: '100/15m',
    description:
      'Requests of one address (IPv6: of one /64) without valid credentials. off also switches off what bounds mails.',
  }),
  principal: rateLimit('RATE_LIMIT_PRINCIPAL', {
    default: '1000/15m',
    description:
      'Requests of one user, or of one API key that has no limit of its own; without api-keys:manage nobody gives a key more.',
  }),
  authFailures: rateLimit('RATE_LIMIT_AUTH_FAILURES', {
    default: '5/15m',
    description:
      'Wrong passwords and codes for one account from one address, and for one known device; an account bears 4 times that from unknown devices, an address 10 times that.',
  }),
});
