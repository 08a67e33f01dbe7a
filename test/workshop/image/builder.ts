import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, posix } from 'node:path';
import type { Instruction, Stage } from './dockerfile.js';

/** A stage after its last instruction: a folder that stands for the root of its file system. */
export interface Built {
  folder: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  cmd: string | undefined;
  healthcheck: string | undefined;
}

/**
 * Runs a Dockerfile's own steps without a container engine: each stage's files live in a folder of their own, and a
 * RUN is that command in the folder that stands for its WORKDIR. What it cannot tell: other system libraries, another
 * Node, file owners.
 */
export class Builder {
  private readonly built = new Map<string, Built>();

  /**
   * @param room an empty folder
   * @param context the folder that is sent to the engine, what .dockerignore leaves of it
   */
  constructor(
    private readonly room: string,
    private readonly context: string,
  ) {}

  /** @throws Error with the command's output when a RUN fails, and for an instruction that it does not know. */
  build(stages: readonly Stage[]): Built {
    let last: Built | undefined;
    for (const stage of stages) {
      last = this.begin(stage);
      for (const instruction of stage.instructions) this.step(last, instruction);
      this.built.set(stage.name, last);
    }
    if (!last) throw new Error('the Dockerfile has no stage');
    return last;
  }

  private begin({ name, from }: Stage): Built {
    const folder = join(this.room, name);
    const base = this.built.get(from);
    mkdirSync(folder, { recursive: true });
    if (!base) return { folder, workdir: '/', env: {}, user: 'root', cmd: undefined, healthcheck: undefined };
    copyTree(base.folder, folder, linkSync);
    return { ...base, folder, env: { ...base.env } };
  }

  private step(stage: Built, { keyword, flags, rest }: Instruction): void {
    switch (keyword) {
      case 'WORKDIR':
        stage.workdir = posix.resolve(stage.workdir, rest);
        mkdirSync(inside(stage, stage.workdir), { recursive: true });
        return;
      case 'ENV':
        Object.assign(stage.env, Object.fromEntries([rest.split(/=(.*)/s).slice(0, 2)]));
        return;
      case 'USER':
        stage.user = rest;
        mkdirSync(homeOf(stage), { recursive: true });
        return;
      case 'COPY':
        this.copy(stage, flags['from'], rest.split(/\s+/));
        return;
      case 'RUN':
        run(stage, rest);
        return;
      case 'HEALTHCHECK':
        stage.healthcheck = rest.replace(/^CMD\s+/, '');
        return;
      case 'CMD':
        stage.cmd = rest;
        return;
      case 'EXPOSE':
        return;
      default:
        throw new Error(`${keyword}: teach test/workshop/image/builder.ts what it does`);
    }
  }

  private copy(stage: Built, from: string | undefined, words: readonly string[]): void {
    const source = from === undefined ? undefined : this.built.get(from);
    if (from !== undefined && !source) throw new Error(`COPY --from=${from}: no stage before has this name`);
    const target = words.at(-1) ?? '';
    for (const word of words.slice(0, -1)) {
      const path = source ? inside(source, word) : join(this.context, word);
      if (!existsSync(path)) throw new Error(`COPY ${word}: it is not there, or .dockerignore hides it`);
      const place = inside(stage, posix.resolve(stage.workdir, target));
      // Stages share files by hard links: 20,000 of them are copied in a moment, and no step changes one in place.
      copyTree(
        path,
        target.endsWith('/') ? join(place, basename(word)) : place,
        source ? linkSync : copyFileSync,
      );
    }
  }
}

/** Where a path of the stage's file system really is. */
export function inside(stage: Built, path: string): string {
  return join(stage.folder, path);
}

/** What a command of the stage sees: its ENV (paths where they really are), its user's home, and npm's settings of here. */
export function environmentOf(stage: Built): Record<string, string> {
  const here = Object.entries(process.env).flatMap(([name, value]): [string, string][] =>
    value !== undefined &&
    /^(PATH|LANG|TMPDIR|NODE_EXTRA_CA_CERTS|\w+_proxy|npm_config_registry)$/i.test(name)
      ? [[name, value]]
      : [],
  );
  const env = Object.entries(stage.env).map(([name, value]) => [
    name,
    value.startsWith('/') ? inside(stage, value) : value,
  ]);
  return {
    ...Object.fromEntries(here),
    npm_config_cache: process.env['npm_config_cache'] ?? join(homedir(), '.npm'),
    npm_config_userconfig: process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc'),
    npm_config_prefer_offline: 'true',
    HOME: homeOf(stage),
    ...Object.fromEntries(env),
  };
}

function homeOf(stage: Built): string {
  return inside(stage, stage.user === 'root' ? '/root' : `/home/${stage.user}`);
}

function run(stage: Built, command: string): void {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: inside(stage, stage.workdir),
    env: environmentOf(stage),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`RUN ${command} ended with ${String(status)}:\n${stdout}\n${stderr}`);
}

function copyTree(from: string, to: string, copyFile: (from: string, to: string) => void): void {
  const kind = lstatSync(from);
  if (kind.isSymbolicLink()) symlinkSync(readlinkSync(from), to);
  else if (!kind.isDirectory()) copyFile(from, to);
  else {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(from)) copyTree(join(from, name), join(to, name), copyFile);
  }
}
