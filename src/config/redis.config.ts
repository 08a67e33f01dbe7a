import { duration } from './measures.js';
import { section } from './section.js';
import { url } from './variable.js';

export const redisConfig = section('redis', {
  url: url('REDIS_URL', ['redis:', 'rediss:'], {
    default: 'redis://127.0.0.1:6379',
    requiredInProduction: true,
    description: 'Redis for the queues and everything optional. Its maxmemory-policy must be noeviction.',
  }),
  commandTimeout: duration('REDIS_COMMAND_TIMEOUT', {
    default: '50ms',
    description: 'How long a request waits for an optional Redis call before it goes on without.',
  }),
});
