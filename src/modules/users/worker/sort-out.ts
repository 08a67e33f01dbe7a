import { setImmediate } from 'node:timers/promises';
import { userIds } from '../../../common/ids.js';
import { newId } from '../../../infrastructure/mongo/new-id.js';
import type { ImportedRow, UserImport } from '../imports/user-import.js';
import type { NewUser } from '../user.types.js';
import { checkRow } from './import-item.js';

export type Candidate = NewUser & { readonly index: number };

/** How many rows are checked before others have their turn: the worst of rows take a few milliseconds each. */
export const rowsPerTurn = 10;

/** Which rows can become users, with ids for them, and which cannot. `first` is the place of the first row. */
export async function sortOut(
  roles: UserImport['roles'],
  rows: readonly unknown[],
  first: number,
): Promise<{ candidates: Candidate[]; refused: ImportedRow[] }> {
  const candidates: Candidate[] = [];
  const refused: ImportedRow[] = [];
  for (const [offset, row] of rows.entries()) {
    if (offset > 0 && offset % rowsPerTurn === 0) await setImmediate();
    const index = first + offset;
    const checked = checkRow(row);
    if ('errors' in checked) {
      refused.push({ index, outcome: 'refused', code: 'VALIDATION_FAILED', ...checked });
      continue;
    }
    const { email, name, age = null } = checked.item;
    candidates.push({
      index,
      id: newId(userIds),
      email,
      name,
      age,
      roles,
      status: 'pending',
      emailVerified: false,
      passwordHash: null,
    });
  }
  return { candidates, refused };
}
