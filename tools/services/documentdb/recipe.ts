import { versionOf, type Recipe } from '../debian/recipe.js';

const PROGRAMS = ['postgres', 'initdb'];
const UNUSED = /raster|sfcgal|topology|tiger|address_standardizer|distributed|bitcode/;

/** PostgreSQL with the documentdb extension, as Debian has them from its release 14 on. */
export const documentdbRecipe: Recipe = {
  name: 'documentdb',
  revision: 1,
  title: 'the DocumentDB engine',
  suites: ({ id, codename }) => (id === 'debian' ? ['testing', 'stable', 'unstable'] : [codename]),
  packages: async (apt) => {
    const name = newest(await apt.names('postgresql-'), /^postgresql-(\d+)-documentdb$/);
    if (name === null) return null;
    const server = name.replace(/-documentdb$/, '');
    return [name, server, `${server}-cron`, 'patchelf'];
  },
  layout: (list) => {
    const version = newest(list('usr/lib/postgresql'), /^(\d+)$/) ?? '';
    const [lib, share] = [`usr/lib/postgresql/${version}`, `usr/share/postgresql/${version}`];
    const control = list(`${share}/extension`).find((file) => /^postgis-\d+\.control$/.test(file)) ?? '';
    const shared = list(share).filter((file) => file !== 'extension' && file !== 'man');
    const extensions = list(`${share}/extension`).filter((file) => !UNUSED.test(file));
    const modules = list(`${lib}/lib`).filter((file) => !UNUSED.test(file));
    // PostgreSQL finds its files relative to its programs as long as the folders are as it was built with.
    return {
      keep: [
        ...PROGRAMS.map((file) => `${lib}/bin/${file}`),
        ...modules.map((file) => `${lib}/lib/${file}`),
        ...shared.map((file) => `${share}/${file}`),
        ...extensions.map((file) => `${share}/extension/${file}`),
      ].map((path): [string, string] => [path, path]),
      programs: PROGRAMS.map((file) => `${lib}/bin/${file}`),
      modules: [`${lib}/lib`],
      links: [[`${share}/extension/postgis.control`, control]],
    };
  },
  needed: /^(pg_documentdb|pg_cron|vector|postgis-|rum|tsm_system_rows|plpgsql|dict_snowball)/,
  describe: (files) =>
    `DocumentDB ${versionOf(files, /-documentdb$/)} on PostgreSQL ${versionOf(files, /^postgresql-\d+$/)}`,
};

/** The name whose number is highest, or null when none matches. */
function newest(names: readonly string[], pattern: RegExp): string | null {
  const numbered = names.flatMap((name) => {
    const number = pattern.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return numbered.sort((a, b) => b.number - a.number)[0]?.name ?? null;
}
