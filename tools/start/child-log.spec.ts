import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildLog } from './child-log.js';
import type { Terminal } from './host.js';

describe('ChildLog', () => {
  let folder: string;
  let written: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nexus-log-'));
    written = '';
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const path = (): string => join(folder, 'logs/api.log');
  const terminal = (live: boolean): Terminal => ({
    live,
    write: (text) => void (written += text),
    line: () => undefined,
    step: () => ({ update: () => undefined, done: () => undefined }),
  });

  it('passes on whole lines only, to the terminal once it is shown', () => {
    const log = new ChildLog(path(), 'api | ', terminal(true));
    log.add('before\n');
    log.show();
    log.add('one\ntw');
    expect(written).toBe('api | one\n');
    log.add('o\n');
    log.add('last');
    log.close();
    expect(written).toBe('api | one\napi | two\napi | last\n');
    expect(readFileSync(path(), 'utf8')).toBe('before\none\ntwo\nlast\n');
  });

  it('leaves JSON as it is where a program reads it', () => {
    const log = new ChildLog(path(), 'api | ', terminal(false));
    log.show();
    log.add('{"level":30}\nplain words\n\n');
    log.close();
    expect(written).toBe('{"level":30}\napi | plain words\n\n');
  });

  it('keeps colours out of the file', () => {
    const log = new ChildLog(path(), '', terminal(true));
    log.show();
    log.add('\u001b[32mINFO\u001b[39m up\n');
    log.close();
    expect(written).toBe('\u001b[32mINFO\u001b[39m up\n');
    expect(readFileSync(path(), 'utf8')).toBe('INFO up\n');
    expect(log.lastLines(1)).toEqual(['INFO up']);
  });

  it('remembers the last lines', () => {
    const log = new ChildLog(path(), '', terminal(false));
    for (let line = 1; line <= 100; line += 1) log.add(`${line}\n`);
    log.close();
    expect(log.lastLines(3)).toEqual(['98', '99', '100']);
  });

  it('puts a log aside that has grown too long', () => {
    new ChildLog(path(), '', terminal(false)).close();
    truncateSync(path(), 20_000_001);
    const log = new ChildLog(path(), '', terminal(false));
    log.add('new\n');
    log.close();
    expect(readFileSync(path(), 'utf8')).toBe('new\n');
    expect(readFileSync(`${path()}.1`).length).toBe(20_000_001);
  });
});
