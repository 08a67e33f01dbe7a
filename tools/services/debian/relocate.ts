import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { availableParallelism } from 'node:os';
import { inParallel, runCommand } from './command.js';
import type { Layout, Recipe } from './recipe.js';

/** A library that something we must keep loads is in none of the packages that were unpacked. */
export class MissingLibraryError extends Error {
  override readonly name = 'MissingLibraryError';
}

/**
 * Makes, out of unpacked packages in `raw`, a folder `out` that runs from `home` on any machine of this architecture:
 * it brings its own loader and libraries, and everything in it names them by absolute paths under `home`.
 * @throws MissingLibraryError | CommandError
 */
export async function relocate(raw: string, out: string, home: string, recipe: Recipe): Promise<void> {
  const env = {};
  const found = findLibraries(raw);
  const { loader } = found;
  const layout = recipe.layout((folder) => listOrEmpty(join(raw, folder)));
  arrange(raw, out, layout);
  // Modules load one another, too.
  const folders = [...found.folders, ...layout.modules.map((path) => join(out, path))];
  const loaderArgs = ['--library-path', folders.join(':')];

  const programs = layout.programs.map((path) => join(out, path));
  const modules = layout.modules.flatMap((folder) =>
    listOrEmpty(join(out, folder))
      .filter((name) => name.endsWith('.so'))
      .map((name) => join(out, folder, name)),
  );
  const patchelf = join(raw, 'usr/bin/patchelf');
  const libraries = new Set<string>();
  await inParallel([...programs, ...modules, patchelf], availableParallelism(), async (file) => {
    const listed = await runCommand(loader, [...loaderArgs, '--list', file], { env }).catch(String);
    const missing =
      /^\s*(\S+) => not found/m.exec(listed)?.[1] ?? /(\S+): cannot open shared object/.exec(listed)?.[1];
    if (missing === undefined) {
      for (const [, path = ''] of listed.matchAll(/=> (\/\S+)/g)) {
        if (!modules.includes(path)) libraries.add(path);
      }
    } else if (!modules.includes(file) || recipe.needed.test(basename(file))) {
      throw new MissingLibraryError(`${basename(file)} needs ${missing}`);
    } else {
      rmSync(file);
    }
  });

  mkdirSync(join(out, 'lib'), { recursive: true });
  await inParallel([...libraries, loader], availableParallelism(), (path) =>
    copyFile(realpathSync(path), join(out, 'lib', basename(path))),
  );
  const patch = (...args: string[]): Promise<string> =>
    runCommand(loader, [...loaderArgs, patchelf, ...args], { env });
  const places = ['lib', ...layout.modules].map((path) => join(home, path));
  const rpath = ['--force-rpath', '--set-rpath', places.join(':')];
  await patch(...rpath, '--set-interpreter', join(home, 'lib', basename(loader)), ...programs);
  // A module that names a search path of its own ignores the one of the program that loads it.
  const kept = modules.filter((file) => existsSync(file));
  if (kept.length > 0) await patch(...rpath, ...kept);
}

/** Moves what the layout keeps from the packages' tree to its place. */
function arrange(raw: string, out: string, layout: Layout): void {
  for (const [from, to] of layout.keep) {
    if (!existsSync(join(raw, from))) continue;
    mkdirSync(dirname(join(out, to)), { recursive: true });
    const real = realpathSync(join(raw, from));
    // Copied, for a second attempt with more packages begins here again; a file on its own may be a link's target.
    cpSync(real, join(out, to), { recursive: true, verbatimSymlinks: true });
  }
  for (const [link, target] of layout.links) symlinkSync(target, join(out, link));
}

/** Where the packages put shared libraries, and the loader among them. @throws MissingLibraryError */
function findLibraries(raw: string): { folders: string[]; loader: string } {
  const roots = ['usr/lib', 'lib', 'lib64', 'usr/lib64']
    .map((folder) => join(raw, folder))
    .filter(existsSync);
  const folders = roots.flatMap((root) => [
    ...listOrEmpty(root)
      .filter((name) => /-linux-gnu/.test(name))
      .map((name) => join(root, name)),
    root,
  ]);
  const loaders = folders.flatMap((folder) =>
    listOrEmpty(folder)
      .filter((name) => /^ld-linux.*\.so\.\d+$/.test(name))
      .map((name) => join(folder, name)),
  );
  const loader = loaders.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  if (loader === undefined) throw new MissingLibraryError('the packages hold no dynamic loader');
  return { folders, loader };
}

function listOrEmpty(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
