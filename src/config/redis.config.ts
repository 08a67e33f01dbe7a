import { duration } from './measures.js';
import { section } from './section.js';
import { optionalUrl, url } from './variable.js';

export const redisConfig = section('redis', {
  url: url('REDIS_URL', ['redis:', 'rediss:'], {
    default: 'redis://127.0.0.1:6379',
    requiredInProduction: true,
    description: 'Redis for the queues and everything optional. Its maxmemory-policy must be noeviction.',
  }),
  cacheUrl: optionalUrl('REDIS_CACHE_URL', ['redis:', 'rediss:'], {
    description: 'Another Redis for the cache, which may evict. Absent: that of REDIS_URL.',
  }),
  commandTimeout: duration('REDIS_COMMAND_TIMEOUT', {
    default: '50ms',
    description: 'How long a request waits for an optional Redis call before it goes on without.',
  }),
});
