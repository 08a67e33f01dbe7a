import { bytes, duration } from './measures.js';
import { origins } from './origins.js';
import { section } from './section.js';
import { flag, integer, list, secret, text } from './variable.js';

export const httpConfig = section('http', {
  host: text('HOST', {
    default: '127.0.0.1',
    unit: 'address to listen on',
    description: 'The address of the API and of the worker probe. Set 0.0.0.0 inside a container.',
  }),
  port: integer('PORT', { min: 0, max: 65_535 }, { default: '3000', description: 'The port of the API.' }),
  bodyLimit: bytes('BODY_LIMIT', {
    default: '1mb',
    description: 'The largest request body that is read; above it the answer is 413.',
  }),
  shutdownDelay: duration('SHUTDOWN_DELAY', {
    default: '0s',
    description:
      'How long a process that was told to end says so on /health/ready before it takes no more connections. Behind a balancer: longer than two of its looks.',
  }),
  trustedProxies: list('TRUSTED_PROXIES', {
    default: '',
    unit: 'comma-separated addresses or CIDR ranges',
    description: 'Proxies whose X-Forwarded-For is believed. Empty: the peer address is the client.',
  }),
  corsOrigins: origins('CORS_ORIGINS', {
    default: '',
    description: 'Browser origins that may call the API. Empty: none but its own.',
  }),
  docsInProduction: flag('DOCS_IN_PRODUCTION', {
    default: 'false',
    description: 'Whether /docs and /docs/openapi.json are also served in production.',
  }),
  csrfSecret: secret('CSRF_SECRET', {
    requiredInProduction: true,
    description: 'Signs the CSRF tokens of browsers. Outside production a random one is made at each start.',
  }),
  cursorSecret: secret('CURSOR_SECRET', {
    requiredInProduction: true,
    description:
      'Signs the page cursors, and hides what was sent with an Idempotency-Key. Outside production a random one is made at each start.',
  }),
});
