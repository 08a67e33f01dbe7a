import { peppers } from './peppers.js';
import { section } from './section.js';

export const apiKeysConfig = section('apiKeys', {
  peppers: peppers('API_KEY_PEPPERS', {
    requiredInProduction: true,
    description:
      'Keys of the stored hashes of API keys: the first makes, all verify. Outside production one is made at each start.',
  }),
});
