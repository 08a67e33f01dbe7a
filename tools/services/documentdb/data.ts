import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../debian/command.js';
import { placeData } from '../placement.js';
import type { User } from '../process/user.js';
import { ServiceUnavailableError, type Report, type ServiceRequest } from '../service.js';
import { postgresClient } from './postgres.js';
import type { Template } from './template.js';

/** Names the engine's data in the folder of a run. */
export const DATA = 'documentdb';

/**
 * The data folder of this request and its password, made from the template the first time.
 * @throws ServiceUnavailableError when the data is of another PostgreSQL than the engine at hand.
 */
export async function prepareData(
  { folder, report }: ServiceRequest,
  template: Template,
  user: User | null,
): Promise<{ data: string; password: string }> {
  const parent = await placeData(folder, DATA, user, report);
  const data = join(parent, 'data');
  // The data outlives the template that it was copied from, so the password stays with the data.
  const passwordFile = join(folder, 'data', `${DATA}.password`);
  if (existsSync(data) && existsSync(passwordFile)) {
    const [has, wants] = [versionOf(data), versionOf(template.data)];
    if (has === wants) return { data, password: readFileSync(passwordFile, 'utf8').trim() };
    throw new ServiceUnavailableError(
      `The data in ${data} is of PostgreSQL ${has}, but the engine is ${wants} by now. ` +
        `Remove ${data} to begin with an empty database.`,
    );
  }
  writeFileSync(passwordFile, template.password, { mode: 0o600 });
  const copy = join(parent, 'copying');
  // By the user that owns it, for a copy must stay theirs; renamed when whole, for a half copy is no database.
  const options = { env: {}, cwd: '/', ...user };
  await runCommand('/bin/rm', ['-rf', copy, data], options);
  await runCommand('/bin/cp', ['-a', template.data, copy], options);
  await runCommand('/bin/mv', [copy, data], options);
  return { data, password: template.password };
}

function versionOf(data: string): string {
  return readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
}

/** Data that was made by an older release of the extension is brought to the one that is loaded. */
export async function updateExtensions(port: number, password: string, report: Report): Promise<void> {
  const client = postgresClient(port, password);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      "select name from pg_available_extensions where name like 'documentdb%' and installed_version <> default_version order by name desc",
    );
    for (const { name } of rows) {
      report(`Updating the extension ${name} in the data`);
      await client.query(`alter extension ${client.escapeIdentifier(name)} update`);
    }
  } finally {
    await client.end();
  }
}
