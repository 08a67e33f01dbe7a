import type { PackageFile, PrivateApt } from './private-apt.js';
import type { Machine } from './machine.js';

/** Files of an unpacked program, relative to the root of the packages and, from then on, of the cache folder. */
export interface Layout {
  /** Folders and files to keep, as [where the packages have it, where the cache has it]. */
  keep: [string, string][];
  /** Programs, by their place in the cache. */
  programs: string[];
  /** Folders of shared objects that a program loads at run time, by their place in the cache. */
  modules: string[];
  /** Symbolic links that a package's own installation script would have made: [link, target]. */
  links: [string, string][];
}

/** How one program is made out of a distribution's packages. */
export interface Recipe {
  /** Names the cache folder. */
  name: string;
  /** Changes with whatever this recipe makes: an older cache folder is then not used. */
  revision: number;
  /** For people. */
  title: string;
  /** The suites to look in, the likeliest first. */
  suites(machine: Machine): string[];
  /** The packages to ask for, or null when the suite has none of them. */
  packages(apt: PrivateApt): Promise<string[] | null>;
  /** `list` gives the names in a folder of the unpacked packages. */
  layout(list: (folder: string) => string[]): Layout;
  /** Modules that must be loadable; any other that lacks a library is left out. */
  needed: RegExp;
  /** For people: the versions that matter. */
  describe(files: readonly PackageFile[]): string;
}

/**
 * Packages that the closure names and that nothing we keep loads: the geometry library's raster and viewer parts,
 * scripting languages, system management. Leaving them out halves the download. What they might be needed for after
 * all is found out by the loader's own check, and then everything is fetched.
 */
const SELDOM_LOADED = new RegExp(
  [
    'gdal|hdf5|poppler|spatialite|sfcgal|svtav1|libaom|rav1e|libheif|libjxl|netcdf|arrow|armadillo|libblas|liblapack',
    'libgfortran|libnss|perl|python|fonts|^systemd|libsystemd-shared|locales|proj-data|cfitsio|xerces|boost|libkml',
    'freexl|ogdi|qhull|openjp|odbc|mysql|mariadb|openexr|imath|geotiff|libcairo|libx11|libxcb|libxext|fontconfig',
    'freetype|libgpgme|procps|passwd|adduser|debconf|ssl-cert|logrotate|libpam-|shadow|netbase|dbus|libde265|x265',
    'dav1d|libsz|libaec|libmuparser|librttopo|minizip|gconv|-jit|^gpg|gnupg|dirmngr|^openssl$|libc-bin|libc-l10n|libgav',
    'postgresql-client|postgresql-common|^ucf$|login.defs|sensible-utils|libltdl|libtinfo|libncurses|readline|libpng|libhdf',
    'openssl-provider|libsepol|libsemanage|libgmpxx|libksba|libassuan|libnpth|libmount|libblkid|libacl|libbsd|libmd0',
    'libnspr|libfyba|libarpack|libavif|libyuv|libgif|liblcms|libgomp|libgdbm|libexpat|libproc2|libblosc|libsnappy|^gcc-',
    'libabsl|libarchive|^libdb5|^libmpfr|^libhwy|^sysv|^init|pinentry|^util-linux|^mount$|^tzdata',
  ].join('|'),
);

/** Splits a closure into what is fetched at first and what only when a library is found to be missing. */
export function splitClosure(files: readonly PackageFile[]): { first: PackageFile[]; rest: PackageFile[] } {
  return {
    first: files.filter((file) => !SELDOM_LOADED.test(file.package)),
    rest: files.filter((file) => SELDOM_LOADED.test(file.package)),
  };
}

/** The version of a package in a closure, the first number of it: '1.0-0-1' is 1.0. */
export function versionOf(files: readonly PackageFile[], name: string | RegExp): string {
  const file = files.find((one) =>
    typeof name === 'string' ? one.package === name : name.test(one.package),
  );
  return file?.version.replace(/-.*$/, '') ?? 'of unknown version';
}
