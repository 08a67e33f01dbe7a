import { stringify } from 'csv-stringify/sync';
import { userDto, type UserDto } from './user.dto.js';
import type { SafeUser } from './user.types.js';
import type { ExportFormat } from './user-export.service.js';

type Batches = AsyncIterable<Iterable<SafeUser>>;

interface Written {
  readonly mediaType: string;
  /** Text in parts, one for each batch. */
  write(batches: Batches): AsyncGenerator<string>;
}

/** How each format is written. */
export const writtenFormats: Readonly<Record<ExportFormat, Written>> = {
  json: { mediaType: 'application/json; charset=utf-8', write: writeJson },
  ndjson: { mediaType: 'application/x-ndjson; charset=utf-8', write: writeLines },
  csv: { mediaType: 'text/csv; charset=utf-8', write: writeCsv },
};

/** One array, a user a line. */
async function* writeJson(batches: Batches): AsyncGenerator<string> {
  let before = '[\n';
  for await (const batch of batches) {
    let text = '';
    for (const user of batch) {
      text += before + JSON.stringify(userDto(user));
      before = ',\n';
    }
    yield text;
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* writeLines(batches: Batches): AsyncGenerator<string> {
  for await (const batch of batches) {
    let text = '';
    for (const user of batch) text += `${JSON.stringify(userDto(user))}\n`;
    yield text;
  }
}

const columns = [
  'id',
  'email',
  'name',
  'age',
  'status',
  'role',
  'profileImage',
  'emailVerified',
  'lastLoginAt',
  'createdAt',
  'updatedAt',
] as const satisfies readonly (keyof UserDto)[];

/**
 * RFC 4180, with a line of headers. What a spreadsheet would take for a formula begins with an apostrophe, and what one
 * would take for the end of a cell, because it separates them by semicolons or tabs, is quoted.
 */
async function* writeCsv(batches: Batches): AsyncGenerator<string> {
  yield csvOf([[...columns]]);
  for await (const batch of batches) {
    yield csvOf(
      Array.from(batch, (user) => {
        const row = { ...userDto(user), role: user.roles.map(({ name }) => name).join(' ') };
        return columns.map((column) => row[column]);
      }),
    );
  }
}

function csvOf(rows: readonly unknown[][]): string {
  return stringify([...rows], {
    record_delimiter: '\r\n',
    quoted_match: /[;\t]/,
    cast: { boolean: (value) => String(value), string: withoutFormulas },
  });
}

/**
 * Some spreadsheets pass over white space, and take the wide and small forms of a character for the character. One that
 * separates by semicolons does not see the quotes: it begins a cell after each.
 */
function withoutFormulas(text: string): string {
  return text.replaceAll(/[^;\t\r\n]+/g, (cell) => (isFormula(cell) ? `'${cell}` : cell));
}

function isFormula(cell: string): boolean {
  return /^[\p{White_Space}\p{Default_Ignorable_Code_Point}]*[=+\-@]/u.test(cell.normalize('NFKC'));
}
