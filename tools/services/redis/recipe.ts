import { versionOf, type Recipe } from '../debian/recipe.js';

/** Debian's redis-server with the libraries of the same suite. */
export const redisRecipe: Recipe = {
  name: 'redis',
  revision: 1,
  title: 'Redis',
  // The machine's own release is what its mirror surely has; testing for a machine whose release is no longer there.
  suites: ({ id, codename }) => [
    ...(codename === '' ? [] : [codename]),
    ...(id === 'debian' ? ['testing', 'stable'] : []),
  ],
  packages: async (apt) =>
    (await apt.names('redis-server')).includes('redis-server') ? ['redis-server', 'patchelf'] : null,
  // The package's redis-server is a link to another name of the same program.
  layout: () => ({
    keep: [['usr/bin/redis-server', 'bin/redis-server']],
    programs: ['bin/redis-server'],
    modules: [],
    links: [],
  }),
  needed: /^$/,
  describe: (files) => `Redis ${versionOf(files, 'redis-server')}`,
};
