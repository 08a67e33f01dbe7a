import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, isCached, type Entry } from '../cache.js';
import { megabytes, step } from '../progress.js';
import { ServiceUnavailableError, type Report } from '../service.js';
import { availableParallelism } from 'node:os';
import { inParallel, runCommand } from './command.js';
import { missingPrograms, readMachine, type Machine } from './machine.js';
import { findMirrors } from './mirrors.js';
import { architecture, aptWords, isAnswer, PrivateApt, type PackageFile } from './private-apt.js';
import { splitClosure, type Recipe } from './recipe.js';
import { MissingLibraryError, relocate } from './relocate.js';

/**
 * The cache entry of a recipe, made from the distribution's packages when it isn't there yet. Its note says which
 * versions it holds. Nothing is installed into the system and no root is needed.
 * @throws ServiceUnavailableError when this is no Debian-like machine, or no archive can be reached or has it.
 */
export async function unpacked(
  recipe: Recipe,
  cache: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<Entry> {
  const missing = missingPrograms(env);
  if (process.platform !== 'linux' || missing.length > 0) {
    throw new ServiceUnavailableError(
      `this is no Debian-like machine (it has no ${missing.join(', ') || 'Linux'})`,
    );
  }
  return cached(cache, await entryName(recipe, env), report, async ({ work, home }) => {
    const machine = await readMachine(env);
    const source = await openArchive(recipe, machine, join(work, 'apt'), env, report);
    const result = join(work, 'out');
    await fill(recipe, source, { work, result, home }, report);
    // A service of root runs as another user, who must be able to read this whatever root's umask is.
    await runCommand('chmod', ['-R', 'a+rX', result], { env });
    return { result, note: recipe.describe(source.closure) };
  });
}

/** true: an earlier run left the finished entry of this recipe in the cache. */
export async function isUnpacked(recipe: Recipe, cache: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return missingPrograms(env).length === 0 && isCached(cache, await entryName(recipe, env));
}

async function entryName(recipe: Recipe, env: NodeJS.ProcessEnv): Promise<string> {
  return `${recipe.name}-${recipe.revision}-${await architecture(env)}`;
}

interface Source {
  apt: PrivateApt;
  closure: PackageFile[];
}

/** Tries mirrors and suites in their order until one has the packages. */
async function openArchive(
  recipe: Recipe,
  machine: Machine,
  folder: string,
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<Source> {
  const mirrors = findMirrors(machine);
  const reasons: string[] = [];
  for (const mirror of mirrors) {
    for (const suite of recipe.suites(machine)) {
      rmSync(folder, { recursive: true, force: true });
      const apt = new PrivateApt(folder, env, machine, mirror, suite);
      try {
        const read = `Reading the package index of ${machine.id} ${suite} (archive named in ${mirror.foundIn})`;
        const { expired } = await step(
          report,
          read,
          () => apt.update(),
          () => megabytes(apt.fetched()),
        );
        if (expired) report('The archive lags: its index is signed, but past its date; used all the same');
        const packages = await recipe.packages(apt);
        if (packages !== null) return { apt, closure: await apt.closure(packages) };
        reasons.push(`${suite} does not have it`);
      } catch (error) {
        reasons.push(`${suite}: ${aptWords(error)}`);
        // Only an archive that answers may have another suite.
        if (!isAnswer(error)) break;
      }
    }
  }
  const why =
    mirrors.length === 0 ? 'no package archive is configured, nor can one be derived' : reasons.join('; ');
  throw new ServiceUnavailableError(`the packages of ${machine.id} could not be had (${why})`);
}

/** Fetches, unpacks and relocates; with the rarely needed packages too when a library turns out to be missing. */
async function fill(
  recipe: Recipe,
  { apt, closure }: Source,
  folders: { work: string; result: string; home: string },
  report: Report,
): Promise<void> {
  const { first, rest } = splitClosure(closure);
  const raw = join(folders.work, 'raw');
  await fetchAndExtract(apt, first, raw, `Downloading ${recipe.title}`, report);
  try {
    await step(report, `Making ${recipe.title} ready to run from ${folders.home}`, () =>
      relocate(raw, folders.result, folders.home, recipe),
    );
  } catch (error) {
    if (!(error instanceof MissingLibraryError)) throw error;
    rmSync(folders.result, { recursive: true, force: true });
    await fetchAndExtract(apt, rest, raw, `${error.message}: downloading the other packages too`, report);
    await relocate(raw, folders.result, folders.home, recipe);
  }
}

async function fetchAndExtract(
  apt: PrivateApt,
  files: readonly PackageFile[],
  raw: string,
  text: string,
  report: Report,
): Promise<void> {
  const before = new Set(readdirSync(apt.archives));
  const had = apt.fetched();
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const line = `${text} (${files.length} packages, ${megabytes(total)})`;
  const detail = (): string => `${megabytes(apt.fetched() - had)} of ${megabytes(total)}`;
  await step(report, line, () => apt.download(files), detail);
  mkdirSync(raw, { recursive: true });
  const fresh = readdirSync(apt.archives).filter((file) => file.endsWith('.deb') && !before.has(file));
  let done = 0;
  const unpack = async (file: string): Promise<void> => {
    await apt.extract(file, raw);
    done += 1;
  };
  await step(
    report,
    `Unpacking ${fresh.length} packages`,
    () => inParallel(fresh, availableParallelism(), unpack),
    () => `${done} of ${fresh.length}`,
  );
}
