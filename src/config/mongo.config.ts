import { duration } from './measures.js';
import { section } from './section.js';
import { choice, flag, integer, url } from './variable.js';

export const mongoConfig = section('mongo', {
  uri: url('MONGODB_URI', ['mongodb:', 'mongodb+srv:'], {
    default: 'mongodb://127.0.0.1:27017/nexus?replicaSet=rs0',
    requiredInProduction: true,
    description: 'The database. A replica set is needed: changes and their jobs share a transaction.',
  }),
  autoIndex: flag('MONGODB_AUTO_INDEX', {
    default: 'false',
    description:
      'Create collections and indexes at start. For local runs; elsewhere run `npm run db:sync` before a release.',
  }),
  maxPoolSize: integer(
    'MONGODB_MAX_POOL_SIZE',
    { min: 1, max: 1_000 },
    {
      default: '10',
      description:
        'The most connections that requests and jobs of one process share; probes have three of their own.',
    },
  ),
  minPoolSize: integer(
    'MONGODB_MIN_POOL_SIZE',
    { min: 0, max: 1_000 },
    { default: '5', description: 'Connections that are kept open while idle.' },
  ),
  maxIdleTime: duration('MONGODB_MAX_IDLE_TIME', {
    default: '30s',
    description: 'After this long without use a connection above the minimum is closed.',
  }),
  serverSelectionTimeout: duration('MONGODB_SERVER_SELECTION_TIMEOUT', {
    default: '5s',
    description:
      'How long an operation waits for a reachable primary, and for a free connection of the pool.',
  }),
  socketTimeout: duration('MONGODB_SOCKET_TIMEOUT', {
    default: '45s',
    description: 'How long an operation waits for an answer.',
  }),
  family: choice('MONGODB_IP_FAMILY', ['4', '6'], {
    default: '4',
    description: 'The IP version that host names are looked up in.',
  }),
});
