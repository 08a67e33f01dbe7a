import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept of a process that we started, so that a later run can end it and nothing else. */
export interface ProcessRecord {
  name: string;
  pid: number;
  identity: string;
  stopSignal: 'SIGTERM' | 'SIGINT';
  owner: { pid: number; identity: string };
}

const SUFFIX = '.pid.json';

function fileOf(folder: string, name: string): string {
  return join(folder, 'run', `${name}${SUFFIX}`);
}

/** Synchronous: between a start and its record there must be no moment in which a kill of ours would lose it. */
export function writeRecord(folder: string, record: ProcessRecord): void {
  mkdirSync(join(folder, 'run'), { recursive: true });
  writeFileSync(fileOf(folder, record.name), `${JSON.stringify(record)}\n`);
}

export function removeRecord(folder: string, name: string): void {
  rmSync(fileOf(folder, name), { force: true });
}

/** The records of the folder; a file that is no record (half written, foreign) is left out. */
export function readRecords(folder: string): ProcessRecord[] {
  let names: string[];
  try {
    names = readdirSync(join(folder, 'run'));
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => parse(join(folder, 'run', name)))
    .filter((record) => record !== null);
}

function parse(file: string): ProcessRecord | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is ProcessRecord {
  if (!isProcess(value) || !('name' in value) || !('stopSignal' in value) || !('owner' in value))
    return false;
  const signals: unknown[] = ['SIGTERM', 'SIGINT'];
  return typeof value.name === 'string' && signals.includes(value.stopSignal) && isProcess(value.owner);
}

function isProcess(value: unknown): value is { pid: number; identity: string } {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value))
    return false;
  return typeof value.pid === 'number' && typeof value.identity === 'string';
}
