import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const chunk = Buffer.alloc(65_536, 1);

/** A file system of a few megabytes in memory, which a test can fill to the last byte. Linux, and only for root. */
export class SmallDisk implements Disposable {
  private constructor(readonly path: string) {}

  /** Why this machine can't have one; undefined: it can. */
  static whyNot(): string | undefined {
    try {
      SmallDisk.of(1)[Symbol.dispose]();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** @throws Error when nothing may be mounted here. */
  static of(megabytes: number): SmallDisk {
    const path = mkdtempSync(join(tmpdir(), 'nexus-disk-'));
    const options = ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0711`, 'tmpfs', path];
    const { status, stderr, error } = spawnSync('mount', options, { encoding: 'utf8' });
    if (status !== 0) {
      rmSync(path, { recursive: true });
      throw new Error(`no file system can be mounted: ${error?.message ?? stderr.trim()}`);
    }
    chmodSync(path, 0o711);
    return new SmallDisk(path);
  }

  /** Takes all the room that is left. */
  fill(): void {
    const file = openSync(this.filler, 'a');
    try {
      for (const size of [chunk.length, 4_096, 1]) while (writes(file, size));
    } finally {
      closeSync(file);
    }
  }

  /** Gives back what `fill` took. */
  empty(): void {
    rmSync(this.filler, { force: true });
  }

  [Symbol.dispose](): void {
    spawnSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }

  private get filler(): string {
    return join(this.path, 'filler');
  }
}

/** False: there is no room for so much. */
function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, chunk, 0, size) === size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return false;
    throw error;
  }
}
