import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers, type Report } from '../../tools/services/index.js';
import { identityOf } from '../../tools/services/process/identity.js';

const PREFIX = 'nexus-e2e-';

/** A folder for the throw-away services of this run; its name tells whose it is. */
export function runFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  // As root the services run as another user, who must be able to pass through.
  chmodSync(folder, 0o711);
  return folder;
}

/** Ends what test runs left behind that were killed before they could, and removes their folders. */
export async function endStaleRuns(report: Report): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const pid = Number(name.slice(PREFIX.length).split('-')[0]);
    if (!Number.isInteger(pid) || identityOf(pid) !== null) continue;
    const folder = join(tmpdir(), name);
    try {
      await endLeftovers(folder, report);
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      report(`${folder} stays: ${String(error)}`); // Another user's, or its owner lives after all.
    }
  }
}
