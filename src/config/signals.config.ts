import { duration } from './measures.js';
import { section } from './section.js';

export const signalsConfig = section('signals', {
  staleAfter: duration('SIGNALS_STALE_AFTER', {
    default: '10s',
    description:
      'When the revocations of other processes could not be read for this long, each request reads its session from the database.',
  }),
});
