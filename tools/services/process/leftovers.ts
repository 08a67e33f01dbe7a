import type { Report } from '../service.js';
import { isSame, ownIdentity } from './identity.js';
import { readRecords, removeRecord, type ProcessRecord } from './records.js';
import { waitUntil } from './wait.js';

const GRACE_MS = 10_000;

/**
 * Ends the service processes that an earlier run of this folder left behind (it was killed without a chance to end
 * them). A pid that now belongs to another program is left alone.
 * @throws Error when the run that owns them is still alive: two runs must not share a folder.
 */
export async function endLeftovers(folder: string, report: Report): Promise<void> {
  const records = readRecords(folder);
  // Compared by identity: in a container every run may well have the same pid.
  const own = ownIdentity();
  for (const { owner } of records) {
    if ((owner.pid !== own.pid || owner.identity !== own.identity) && isSame(owner.pid, owner.identity)) {
      throw new Error(
        `Another run (process ${owner.pid}) is using ${folder}. End it first: its Ctrl-C drains it.`,
      );
    }
  }
  const foreign = records.filter(({ owner }) => owner.pid !== own.pid || owner.identity !== own.identity);
  await Promise.all(foreign.map((record) => endOne(folder, record, report)));
}

async function endOne(folder: string, record: ProcessRecord, report: Report): Promise<void> {
  const gone = (): boolean => !isSame(record.pid, record.identity);
  if (!gone()) {
    report(`Ending ${record.name} (process ${record.pid}), left behind by an earlier run`);
    send(record.pid, record.stopSignal);
    if (!(await waitUntil(gone, GRACE_MS))) {
      send(record.pid, 'SIGKILL');
      await waitUntil(gone, GRACE_MS);
    }
  }
  removeRecord(folder, record.name);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended between the look and the signal.
  }
}
