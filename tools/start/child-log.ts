import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from './host.js';

const LIMIT_BYTES = 20_000_000;
const KEPT_LINES = 40;
const ESCAPE = '\u001b';

/**
 * Where a child's output goes: always to a log file, and to the terminal once the run is up (until then it would bury
 * the progress; what matters of it is shown when a start fails). Only whole
 * lines are passed on; colours stay out of the file.
 */
export class ChildLog {
  private rest = '';
  private recent: string[] = [];
  private file: number;
  private size: number;
  private shown = false;

  /** @param prefix stands before each line in the terminal that is not JSON */
  constructor(
    readonly path: string,
    private readonly prefix: string,
    private readonly terminal: Terminal,
  ) {
    mkdirSync(dirname(path), { recursive: true });
    this.size = existsSync(path) ? statSync(path).size : 0;
    this.file = openSync(path, 'a', 0o600);
  }

  /** From now on lines are shown in the terminal too. */
  show(): void {
    this.shown = true;
  }

  add(chunk: string): void {
    const text = this.rest + chunk;
    const end = text.lastIndexOf('\n') + 1;
    this.rest = text.slice(end);
    if (end > 0) this.pass(text.slice(0, end));
  }

  /** Passes on a last line that has no end: its process is gone. */
  flush(): void {
    if (this.rest !== '') this.add('\n');
  }

  lastLines(count: number): string[] {
    return this.recent.slice(-count);
  }

  close(): void {
    this.flush();
    closeSync(this.file);
  }

  private pass(lines: string): void {
    const bare = lines.includes(ESCAPE) ? stripVTControlCharacters(lines) : lines;
    this.recent = [...this.recent, ...bare.slice(0, -1).split('\n').slice(-KEPT_LINES)].slice(-KEPT_LINES);
    if (this.size > LIMIT_BYTES) this.rotate();
    // Synchronous, so that nothing is lost when this process is killed.
    this.size += writeSync(this.file, bare);
    if (this.shown)
      this.terminal.write(this.terminal.live ? prefixed(lines, this.prefix) : plain(lines, this.prefix));
  }

  private rotate(): void {
    closeSync(this.file);
    renameSync(this.path, `${this.path}.1`);
    this.file = openSync(this.path, 'a', 0o600);
    this.size = 0;
  }
}

function prefixed(lines: string, prefix: string): string {
  return `${lines.slice(0, -1).replace(/^/gm, prefix)}\n`;
}

/** For programs that read the output, a JSON line stays JSON. */
function plain(lines: string, prefix: string): string {
  return lines.replace(/^(?!\{|$)/gm, prefix);
}
