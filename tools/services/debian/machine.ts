import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath } from '../path-search.js';
import { runCommand } from './command.js';

/** What a Debian-like machine says of itself: its release, and apt's own configuration. */
export interface Machine {
  /** 'debian', 'ubuntu', ... */
  id: string;
  codename: string;
  homeUrl: string;
  /** apt's settings, flattened, in order: [name, value]. */
  settings: readonly (readonly [string, string])[];
  /** The output of `apt-get indextargets`, a line a repository: uri|origin|suite|component. */
  targets: readonly string[];
  readFile(path: string): string;
  readFolder(path: string): string[];
}

export const NEEDED_PROGRAMS = ['apt-get', 'apt-config', 'apt-cache', 'dpkg-deb', 'tar'];

/** The programs of a Debian-like system that this machine does not have. */
export function missingPrograms(env: NodeJS.ProcessEnv): string[] {
  return NEEDED_PROGRAMS.filter((program) => findOnPath(program, env['PATH']) === null);
}

/** @throws CommandError when apt is there but broken. */
export async function readMachine(env: NodeJS.ProcessEnv): Promise<Machine> {
  const format = '$(REPO_URI)|$(ORIGIN)|$(CODENAME)|$(COMPONENT)';
  const targets = await runCommand('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    env,
  });
  const dump = await runCommand('apt-config', ['dump'], { env });
  const release = parseAssignments(readFile('/etc/os-release') || readFile('/usr/lib/os-release'));
  return {
    id: release.get('ID') ?? '',
    codename: release.get('VERSION_CODENAME') ?? '',
    homeUrl: release.get('HOME_URL') ?? '',
    settings: parseDump(dump),
    targets: targets.split('\n').filter((line) => line !== ''),
    readFile,
    readFolder,
  };
}

/** `Name "value";` lines of `apt-config dump`. */
export function parseDump(dump: string): [string, string][] {
  return [...dump.matchAll(/^(\S+) "(.*)";$/gm)].map(([, name = '', value = '']) => [name, value]);
}

/** An absolute path out of apt's nested Dir settings: settingPath(machine, 'Dir::Etc', 'sourceparts'). */
export function settingPath(machine: Pick<Machine, 'settings'>, ...names: string[]): string {
  const find = (name: string): string => machine.settings.find(([key]) => key === name)?.[1] ?? '';
  const parts = names.map((_, index) => find(names.slice(0, index + 1).join('::')));
  const from = parts.findLastIndex((part) => part.startsWith('/'));
  return join('/', ...parts.slice(Math.max(from, 0)));
}

function parseAssignments(text: string): Map<string, string> {
  return new Map(
    [...text.matchAll(/^([A-Z_]+)=["']?([^"'\n]*)["']?$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch {
    return [];
  }
}
