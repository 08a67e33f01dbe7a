import { section } from './section.js';
import { secret } from './variable.js';

export const metricsConfig = section('metrics', {
  token: secret('METRICS_TOKEN', {
    description:
      'What /metrics asks for as a bearer token. Absent: it answers direct connections from loopback only.',
  }),
});
