import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditActions } from '../../../src/modules/audit/audit-action.js';
import { permissionCatalogue, systemRoles } from '../../../src/modules/roles/permission-catalogue.js';

/** The rows of a page's tables whose first cell is one name in code: their names in code, cell by cell. */
function rowsOf(page: string): string[][][] {
  const text = readFileSync(resolve(import.meta.dirname, '../../../docs/guide', page), 'utf8');
  return text
    .split('\n')
    .filter((line) => /^\| `[^`]+` +\|/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)),
    );
}

const namesIn = (page: string): string[] => rowsOf(page).map(([[name = ''] = []]) => name);

describe('the guides', () => {
  it('audit.md lists every action, in the order of src/modules/audit/audit-action.ts', () => {
    expect(namesIn('audit.md').filter((name) => /[.]/.test(name))).toEqual(auditActions);
  });

  it('roles-and-permissions.md lists every permission, and which roles of the system have it', () => {
    const told = rowsOf('roles-and-permissions.md')
      .filter(([[name = ''] = []]) => name.includes(':'))
      .map(([[name = ''] = [], , roles = []]) => ({ name, roles }));
    const declared = permissionCatalogue.map((name) => ({
      name,
      roles: systemRoles.filter(({ permissions }) => permissions.includes(name)).map((role) => role.name),
    }));
    expect(told).toEqual(declared);
  });

  it('roles-and-permissions.md lists every role of the system', () => {
    const told = namesIn('roles-and-permissions.md').filter((name) => !name.includes(':'));
    expect(told).toEqual(systemRoles.map(({ name }) => name));
  });
});
